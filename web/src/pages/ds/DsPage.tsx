/** The DS for the registrar: both families of fields, notes for each registrar, and a check mark when the parent has it. */

import { Button, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { ZoneKey, ZoneStatus } from "#contract";
import { judgeDsSight } from "#guide";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { KeyFields } from "../../parts/KeyFields.tsx";
import { readDs } from "../../parts/key-lines.ts";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RegistrarChoice, useRegistrar } from "../../parts/RegistrarChoice.tsx";
import { RoundMark } from "../../parts/RoundMark.tsx";
import { ButtonLink, TextLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printSentence } from "../../texts/common.ts";
import { DS } from "../../texts/ds-page.ts";
import classes from "./DsPage.module.css";

const route = getRouteApi("/zones/$zoneId");

/** The parent is asked in the background; no event tells that it said the same again. */
const REFRESH_SECONDS = 5;

export function DsPage() {
  const { zoneId } = route.useParams();
  const params = { zoneId };
  const settings = { refreshSeconds: REFRESH_SECONDS };
  const status = useRead("own.status", { params }, settings);
  const keys = useRead("own.keys", { params }, settings);
  const error = status.error ?? keys.error;
  if (error) return <ErrorNote title={DS.failed} failure={error.failure} again={() => void status.refetch()} />;
  if (!status.data || !keys.data) return <Loading what={DS.ds} />;
  const wanted = keys.data.filter(({ ds }) => ds !== null && status.data.dnssec.ds.includes(ds));
  return (
    <>
      <PageTitle order={2} title={DS.title} windowTitle={DS.windowTitle(status.data.name)} lead={DS.lead} />
      {wanted.length === 0 ? (
        <NoDs status={status.data} />
      ) : (
        <Stack gap="lg">
          <Parent status={status.data} keys={keys.data} />
          <RegistrarFields status={status.data} keys={wanted} />
        </Stack>
      )}
    </>
  );
}

function NoDs({ status }: { readonly status: ZoneStatus }) {
  const unsigned = status.mode === "unsigned";
  return (
    <EmptyState heading={3} title={DS.none.title} text={unsigned ? DS.none.unsigned : DS.none.waiting}>
      {unsigned ? (
        <ButtonLink to="/zones/$zoneId/settings" params={{ zoneId: status.id }} variant="default">
          {DS.none.action}
        </ButtonLink>
      ) : null}
    </EmptyState>
  );
}

function Parent({ status, keys }: { readonly status: ZoneStatus; readonly keys: readonly ZoneKey[] }) {
  const { dnssec } = status;
  const { parent } = dnssec;
  const sight = judgeDsSight(parent);
  const known = new Set(keys.map(({ ds }) => ds && readDs(ds)?.keyTag));
  const strange = parent.ds.filter((line) => !known.has(readDs(line)?.keyTag));
  return (
    <Card title={DS.state.at} order={3} actions={<LookButton zoneId={status.id} />}>
      <Stack gap="md">
        <ul className={classes["marks"]}>
          {keys
            .filter(({ ds }) => ds !== null && dnssec.ds.includes(ds))
            .map((key) => (
              <li key={key.dnskey}>
                <Mark zoneKey={key} another={dnssec.status === "error"} />
              </li>
            ))}
        </ul>
        {strange.map((line) => (
          <Note key={line} tone="bad" title={DS.state.strange}>
            <p className="cs-mono">{line}</p>
            <p>{DS.state.strangeText}</p>
          </Note>
        ))}
        {parent.error ? (
          <Note tone="warn" title={parent.answered_by === null ? DS.state.lookFailed : DS.state.lookIndirect}>
            <p>{printSentence(parent.error.message)}</p>
            <p>{parent.answered_by === null ? DS.state.lookFailedText : DS.state.lookIndirectText}</p>
          </Note>
        ) : null}
        <Facts
          facts={[
            [DS.state.checked, <WhenAgo key="checked" time={parent.checked_time} />],
            [
              DS.state.at,
              sight === "some" ? (
                <span key="ds" className="cs-mono">
                  {parent.ds.join("\n")}
                </span>
              ) : (
                DS.state.sights[sight]
              ),
              "wide",
            ],
            [DS.state.next, dnssec.next_step],
          ]}
        />
      </Stack>
    </Card>
  );
}

/** `another`: the parent has a DS, and it fits no key: that is not a wait, but a zone that is refused. */
function Mark({ zoneKey, another }: { readonly zoneKey: ZoneKey; readonly another: boolean }) {
  const { ds_at_parent: atParent, key_tag: tag } = zoneKey;
  const [tone, words, icon] =
    atParent === null
      ? (["quiet", DS.state.unknown, "clock"] as const)
      : atParent
        ? (["good", DS.state.present, "check"] as const)
        : another
          ? (["bad", DS.state.another, "bad"] as const)
          : (["warn", DS.state.missing, "clock"] as const);
  return (
    <div className={classes["mark"]} data-testid={atParent ? "ds-present" : "ds-missing"}>
      <RoundMark tone={tone} icon={icon} />
      <div role="status">
        <strong>{words}</strong> <span className={classes["dim"]}>{DS.key(String(tag))}</span>
      </div>
    </div>
  );
}

function LookButton({ zoneId }: { readonly zoneId: string }) {
  const may = useMay("operator");
  const toast = useToast();
  const look = useWrite("zones.activationCheck", { changes: ["own.status", "own.keys"] });
  if (!may) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="refresh" />}
        loading={look.isPending}
        onClick={() => look.mutate({ params: { zoneId } }, { onSuccess: () => toast(DS.state.looking) })}
      >
        {DS.state.look}
      </Button>
      {look.error ? <ErrorNote title={DS.state.lookFailed} failure={look.error.failure} /> : null}
    </>
  );
}

function RegistrarFields({ status, keys }: { readonly status: ZoneStatus; readonly keys: readonly ZoneKey[] }) {
  const [chosen, choose] = useRegistrar();
  return (
    <Card title={DS.registrar.label} order={3}>
      <Stack gap="lg">
        <RegistrarChoice chosen={chosen} choose={choose} />
        {status.mode === "presigned" ? <Note tone="info">{DS.primarys}</Note> : null}
        {status.mode === "multisigner" ? (
          <Note tone="info">
            <p>{DS.both}</p>
            <div>
              <TextLink to="/zones/$zoneId/multi-signer" params={{ zoneId: status.id }}>
                {DS.guide}
              </TextLink>
            </div>
          </Note>
        ) : null}
        {keys.map((key) => (
          <KeyFields key={key.dnskey} zoneKey={key} form={chosen?.form} alone={keys.length === 1} />
        ))}
        <Spare status={status} />
      </Stack>
    </Card>
  );
}

/** In pre-signed mode: our own key's, which the parent needs before another mode. */
function Spare({ status }: { readonly status: ZoneStatus }) {
  const spare = status.dnssec.own_ds.filter((line) => !status.dnssec.ds.includes(line));
  if (spare.length === 0) return null;
  return (
    <div>
      <h4>{DS.ownSpare.title}</h4>
      <p className={classes["dim"]}>{DS.ownSpare.lead}</p>
      {spare.map((line) => (
        <CopyField key={line} label={DS.families.ds.line} value={line} />
      ))}
    </div>
  );
}
