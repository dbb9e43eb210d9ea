/** How missing names are denied: three ways where Countersign signs; where the primary does, whether NSEC3 is taken. */
import { Radio, Stack, Switch } from "@mantine/core";
import { useState } from "react";
import type { Dnssec, ZoneSettings } from "#contract";
import { currentMode, type Denial } from "#guide";
import { useWrite } from "../../fetch/hooks.ts";
import { CallFailed, type Failure } from "../../fetch/result.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { SETTINGS } from "../../texts/settings.ts";

const TEXTS = SETTINGS.denial;
const CHANGES = ["dnssec.get", "own.settings.get", "own.status"] as const;
const WAYS = ["compact", "chain", "nsec3"] as const satisfies readonly Denial[];

type DenialCardProps = {
  readonly dnssec: Dnssec;
  readonly settings: ZoneSettings;
  readonly zoneId: string;
  readonly mayChange: boolean;
};

export function DenialCard({ dnssec, settings, zoneId, mayChange }: DenialCardProps) {
  const mode = currentMode(dnssec);
  const denial = useDenial(zoneId);
  if (mode === "unsigned") return null;
  if (mode === "presigned") {
    return (
      <Card title={TEXTS.presigned} order={3}>
        <Switch
          label={TEXTS.presignedLabel}
          description={TEXTS.presignedHint}
          checked={dnssec.dnssec_use_nsec3}
          disabled={!mayChange || denial.pending}
          onChange={(event) => void denial.setNsec3(event.currentTarget.checked)}
        />
        {denial.failure ? <ErrorNote title={SETTINGS.notSaved} failure={denial.failure} /> : null}
      </Card>
    );
  }
  const current = dnssec.dnssec_use_nsec3 ? "nsec3" : settings.denial;
  return (
    <Card title={TEXTS.title} lead={TEXTS.lead} order={3}>
      <Radio.Group aria-label={TEXTS.label} value={current} onChange={(way) => void denial.choose(way as Denial)}>
        <Stack gap="sm">
          {WAYS.map((way) => (
            <Radio
              key={way}
              value={way}
              label={TEXTS[way]}
              description={TEXTS[`${way}Hint`]}
              disabled={!mayChange || denial.pending}
            />
          ))}
        </Stack>
      </Radio.Group>
      {denial.failure ? <ErrorNote title={SETTINGS.notSaved} failure={denial.failure} /> : null}
    </Card>
  );
}

function useDenial(zoneId: string) {
  const params = { zoneId };
  const toast = useToast();
  const edit = useWrite("dnssec.edit", { changes: CHANGES });
  const settings = useWrite("own.settings.edit", { changes: CHANGES });
  const [failure, setFailure] = useState<Failure>();
  const done = async (work: () => Promise<unknown>) => {
    setFailure(undefined);
    try {
      await work();
      toast(SETTINGS.saved);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      setFailure(error.failure);
    }
  };
  const setNsec3 = (on: boolean) => edit.mutateAsync({ params, body: { dnssec_use_nsec3: on } });
  return {
    failure,
    pending: edit.isPending || settings.isPending,
    setNsec3: (on: boolean) => done(() => setNsec3(on)),
    choose: (way: Denial) =>
      done(async () => {
        if (way !== "nsec3") await settings.mutateAsync({ params, body: { denial: way } });
        await setNsec3(way === "nsec3");
      }),
  };
}
