/** Second step: which server the zone comes from, and how both know each other. Saves a TSIG (when wanted) and a peer. */
import { Button, Group, NativeSelect, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import type { ZoneStatus } from "#contract";
import { PRIMARY_PROGRAMS } from "#guide";
import { useAccountId, useRead } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form } from "../../parts/Form.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import { NewPeerFields } from "./NewPeerFields.tsx";
import type { PeerForm } from "./peer-form.ts";
import { StepBox } from "./StepBox.tsx";
import { usePeerMaker } from "./usePeerMaker.ts";

const TEXTS = ONBOARD.primary;
const NEW = "new";

type PrimaryStepProps = {
  readonly status: ZoneStatus;
  readonly onPeer: (peerId: string, program: string) => void;
};

export function PrimaryStep({ status, onPeer }: PrimaryStepProps) {
  const accountId = useAccountId();
  const params = { accountId: accountId ?? "" };
  const { data: peers = [] } = useRead("peers.list", { params }, { enabled: accountId !== undefined });
  const [peer, setPeer] = useState<string>(status.peers[0]?.id ?? NEW);
  const [program, setProgram] = useState<string>(PRIMARY_PROGRAMS[0]);
  const [form, setForm] = useState<PeerForm>({ ip: "", port: 53, ixfr: true, key: "make" });
  const maker = usePeerMaker(accountId, status.name);
  const windows = program === "Windows DNS Server";
  const submit = async () => {
    const made = peer === NEW ? await maker.make(windows ? { ...form, key: "none" } : form) : peer;
    if (made !== undefined) onPeer(made, program);
  };
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead}>
      <Form onSubmit={() => void submit()} failure={maker.failure}>
        <Stack gap="md">
          {peers.length === 0 ? null : (
            <Radio.Group label={TEXTS.known} value={peer} onChange={setPeer}>
              <Stack gap={6} mt={6}>
                {peers.map(({ id, name, ip, port }) => (
                  <Radio key={id} value={id} label={`${name} (${ip}${port === 0 ? "" : `, port ${port}`})`} />
                ))}
                <Radio value={NEW} label={TEXTS.newOne} />
              </Stack>
            </Radio.Group>
          )}
          <NativeSelect
            label={TEXTS.program}
            description={TEXTS.programHint}
            value={program}
            onChange={(event) => setProgram(event.currentTarget.value)}
            data={[
              ...PRIMARY_PROGRAMS.map((each) => ({ value: each, label: each })),
              { value: "other", label: TEXTS.other },
            ]}
          />
          {peer === NEW ? (
            <NewPeerFields form={form} onChange={setForm} accountId={accountId} windows={windows} />
          ) : null}
          {maker.failure ? <ErrorNote title={maker.failedAt ?? TEXTS.failedPeer} failure={maker.failure} /> : null}
          <Group justify="flex-end">
            <Button type="submit" loading={maker.pending} disabled={accountId === undefined}>
              {TEXTS.action}
            </Button>
          </Group>
        </Stack>
      </Form>
    </StepBox>
  );
}
