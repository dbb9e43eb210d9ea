/** Last step: nameservers and DS at the registrar; the check marks come by themselves when the parent has them. */
import { Button, Group } from "@mantine/core";
import type { Zone, ZoneStatus } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { CopyField } from "../../parts/CopyField.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { KeyFields } from "../../parts/KeyFields.tsx";
import { Note } from "../../parts/Note.tsx";
import { RegistrarChoice, useRegistrar } from "../../parts/RegistrarChoice.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import { Stages } from "./Stages.tsx";
import { StepBox } from "./StepBox.tsx";

const TEXTS = ONBOARD.ds;
/** Events tell when the parent changed; this is for what they may miss. */
const WATCH_SECONDS = 15;

export function DsStep({ status }: { readonly status: ZoneStatus }) {
  const params = { zoneId: status.id };
  const { data: zone } = useRead("zones.get", { params }, { refreshSeconds: WATCH_SECONDS });
  useRead("own.status", { params }, { refreshSeconds: WATCH_SECONDS });
  const delegated = zone?.status === "active";
  const unsigned = status.mode === "unsigned";
  const dsThere = status.dnssec.status === "active";
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead}>
      <NameServers zone={zone} delegated={delegated} />
      {unsigned ? <Note tone="quiet">{TEXTS.unsigned}</Note> : <DsPart status={status} there={dsThere} />}
      {delegated && (unsigned || dsThere) ? (
        <Note tone="good" title={TEXTS.all} role="status" />
      ) : (
        <Look status={status} />
      )}
      <Group justify="flex-end">
        <ButtonLink to="/zones/$zoneId" params={params}>
          {TEXTS.finish}
        </ButtonLink>
      </Group>
    </StepBox>
  );
}

function NameServers({ zone, delegated }: { readonly zone: Zone | undefined; readonly delegated: boolean }) {
  const names = zone?.name_servers ?? [];
  return (
    <>
      <Stages
        stages={[{ label: delegated ? TEXTS.delegated : TEXTS.notDelegated, state: delegated ? "done" : "waiting" }]}
      />
      {names.length > 0 ? (
        <CopyField label={TEXTS.nameServersLead} value={names.join("\n")} block />
      ) : (
        <Note tone="warn">{TEXTS.noNameServers}</Note>
      )}
    </>
  );
}

function DsPart({ status, there }: { readonly status: ZoneStatus; readonly there: boolean }) {
  const [chosen, choose] = useRegistrar();
  const keys = useRead("own.keys", { params: { zoneId: status.id } }, { refreshSeconds: WATCH_SECONDS });
  const { ds, status: state } = status.dnssec;
  const wanted = (keys.data ?? []).filter((key) => key.ds !== null && ds.includes(key.ds));
  const wrong = state === "error";
  const label = there ? TEXTS.dsThere : wrong ? TEXTS.dsWrong : TEXTS.dsMissing;
  return (
    <>
      <Stages stages={[{ label, state: there ? "done" : wrong ? "failed" : "waiting" }]} />
      {status.mode === "multisigner" ? <Note tone="warn">{TEXTS.multiSigner}</Note> : null}
      {ds.length === 0 ? <Note tone="warn">{TEXTS.noKey}</Note> : null}
      {keys.error ? <ErrorNote failure={keys.error.failure} again={() => void keys.refetch()} /> : null}
      {wanted.length === 0 ? null : <RegistrarChoice chosen={chosen} choose={choose} />}
      {wanted.map((key) => (
        <KeyFields key={key.dnskey} zoneKey={key} form={chosen?.form} alone={wanted.length === 1} heading={3} />
      ))}
    </>
  );
}

function Look({ status }: { readonly status: ZoneStatus }) {
  const toast = useToast();
  const look = useWrite("zones.activationCheck", { changes: ["own.status", "zones.get"] });
  const { checked_time, error } = status.dnssec.parent;
  const start = () => look.mutate({ params: { zoneId: status.id } }, { onSuccess: () => toast(TEXTS.looking) });
  return (
    <Note tone="info">
      <p>{TEXTS.slow}</p>
      <p>
        {TEXTS.looked} <WhenAgo time={checked_time} />
        {error ? `: ${error.message}` : null}
      </p>
      {look.error ? <ErrorNote failure={look.error.failure} /> : null}
      <div>
        <Button size="xs" variant="default" onClick={start} loading={look.isPending}>
          {TEXTS.look}
        </Button>
      </div>
    </Note>
  );
}
