/** Third step: what to paste at the primary. Then the zone is linked to it, and the first transfer begins. */
import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Tsig, ZoneStatus } from "#contract";
import { PLACEHOLDER, PRIMARY_PROGRAMS, primaryLines } from "#guide";
import { useAccountId, useRead, useWrite } from "../../fetch/hooks.ts";
import { CopyField } from "../../parts/CopyField.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import { StepBox } from "./StepBox.tsx";

const TEXTS = ONBOARD.lines;
const REFRESH_SECONDS = 86_400;

type LinesStepProps = {
  readonly status: ZoneStatus;
  readonly peerId: string;
  readonly program: string | undefined;
  readonly onStarted: () => void;
};

export function LinesStep({ status, peerId, program, onStarted }: LinesStepProps) {
  const accountId = useAccountId() ?? "";
  const peer = useRead("peers.get", { params: { accountId, peerId } }, { enabled: accountId !== "" });
  const tsigId = peer.data?.tsig_id;
  const key = useRead(
    "tsigs.get",
    { params: { accountId, tsigId: tsigId ?? "" } },
    { enabled: accountId !== "" && tsigId !== undefined },
  );
  const link = useWrite("incoming.create", { changes: ["own.status", "incoming.get", "own.zones"] });
  const linked = status.peers.some((each) => each.id === peerId);
  const start = () => {
    if (linked) return onStarted();
    const body = { name: `${status.name}.`, auto_refresh_seconds: REFRESH_SECONDS, peers: [peerId] };
    return link.mutate({ params: { zoneId: status.id }, body }, { onSuccess: onStarted });
  };
  const failure = peer.error ?? key.error;
  const ready = peer.data !== undefined && (tsigId === undefined || key.data !== undefined);
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead}>
      {failure ? <ErrorNote failure={failure.failure} /> : ready ? null : <Loading what={TEXTS.title} />}
      {ready ? <Lines zone={status.name} tsig={key.data} program={program ?? PRIMARY_PROGRAMS[0]} /> : null}
      {link.error ? <ErrorNote title={TEXTS.failed} failure={link.error.failure} /> : null}
      <Group justify="flex-end">
        <Button onClick={start} loading={link.isPending} disabled={!ready}>
          {linked ? ONBOARD.next : TEXTS.action}
        </Button>
      </Group>
    </StepBox>
  );
}

type LinesProps = { readonly zone: string; readonly tsig: Tsig | undefined; readonly program: string };

function Lines({ zone, tsig, program: first }: LinesProps) {
  const [chosen, setProgram] = useState(first);
  const [address, setAddress] = useState(ownAddress);
  const [port, setPort] = useState("53");
  const program = PRIMARY_PROGRAMS.find((each) => each === chosen);
  const where = { address: address.trim() || PLACEHOLDER.address, port: port.trim() || PLACEHOLDER.port };
  const key = tsig && { name: tsig.name, algorithm: tsig.algo, secret: tsig.secret };
  return (
    <>
      <Group align="flex-end" grow preventGrowOverflow={false} wrap="wrap">
        <NativeSelect
          label={ONBOARD.primary.program}
          value={chosen}
          onChange={(event) => setProgram(event.currentTarget.value)}
          data={[
            ...PRIMARY_PROGRAMS.map((each) => ({ value: each, label: each })),
            { value: "other", label: ONBOARD.primary.other },
          ]}
          miw="12rem"
        />
        <TextInput
          label={TEXTS.address}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          placeholder="192.0.2.10"
          spellCheck={false}
          miw="16rem"
        />
        <TextInput
          label={TEXTS.port}
          value={port}
          onChange={(event) => setPort(event.currentTarget.value)}
          inputMode="numeric"
          maw="8rem"
          miw="6rem"
        />
      </Group>
      {program === undefined ? (
        <OtherFacts where={where} tsig={tsig} />
      ) : (
        <CopyField label={TEXTS.linesFor(program)} value={primaryLines(program, { zone, ...where, key })} block />
      )}
      {tsig ? <Note tone="quiet">{TEXTS.secretNote}</Note> : null}
    </>
  );
}

type OtherFactsProps = {
  readonly where: { readonly address: string; readonly port: string };
  readonly tsig: Tsig | undefined;
};

function OtherFacts({ where: { address, port }, tsig }: OtherFactsProps) {
  const { allow, notify, keyName, algorithm, secret } = TEXTS.otherFacts;
  return (
    <>
      <p>{TEXTS.otherLead}</p>
      <CopyField label={allow} value={address} />
      <CopyField label={notify} value={`${address}, port ${port}`} />
      {tsig ? (
        <>
          <CopyField label={keyName} value={tsig.name} />
          <CopyField label={algorithm} value={tsig.algo} />
          <CopyField label={secret} value={tsig.secret} />
        </>
      ) : null}
    </>
  );
}

/** Where this page came from, when that is an address: often the same machine as the DNS. */
function ownAddress(): string {
  const host = location.hostname.replace(/^\[|\]$/g, "");
  return /^[\d.]+$|:/.test(host) ? host : "";
}
