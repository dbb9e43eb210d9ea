/** Sixth step: three plain questions, and the mode that follows from the answers. */
import { Button, Group, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import type { ZoneStatus } from "#contract";
import { type ModeAnswers, type ModeProposal, proposeMode, type SeenRecords } from "#guide";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { type ModeChange, useModeChange } from "../../parts/useModeChange.ts";
import { MODE_REFUSALS_TEXT, MODES } from "../../texts/modes.ts";
import { ONBOARD } from "../../texts/onboard.ts";
import { StepBox } from "./StepBox.tsx";
import { useSeenRecords } from "./useSeenRecords.ts";

const TEXTS = ONBOARD.mode;

type ModeStepProps = { readonly status: ZoneStatus; readonly onDone: () => void };

export function ModeStep({ status, onDone }: ModeStepProps) {
  const seen = useSeenRecords(status.id);
  const change = useModeChange(status.id);
  if (!seen || !change.facts) return <Loading what={TEXTS.title} />;
  return <Questions seen={seen} change={change} onDone={onDone} />;
}

type QuestionsProps = { readonly seen: SeenRecords; readonly change: ModeChange; readonly onDone: () => void };

function Questions({ seen, change, onDone }: QuestionsProps) {
  const [dnssec, setDnssec] = useState<ModeAnswers["dnssec"] | "">("");
  const [signer, setSigner] = useState<ModeAnswers["signer"] | "">("");
  const [others, setOthers] = useState<ModeAnswers["others"] | "">("");
  const proposal = answered(dnssec, signer, others, seen);
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead}>
      <Question
        label={TEXTS.dnssec.question}
        value={dnssec}
        onChange={setDnssec}
        answers={[
          ["yes", TEXTS.dnssec.yes],
          ["not-now", TEXTS.dnssec["not-now"]],
        ]}
      />
      {dnssec === "yes" ? (
        <>
          <Question
            label={TEXTS.signer.question}
            value={signer}
            onChange={setSigner}
            answers={[
              ["countersign", TEXTS.signer.countersign],
              ["primary", TEXTS.signer.primary, seen.signed ? TEXTS.signer.seen : TEXTS.signer.notSeen],
            ]}
          />
          <Question
            label={TEXTS.others.question}
            value={others}
            onChange={setOthers}
            answers={[
              ["none", TEXTS.others.none],
              ["copies", TEXTS.others.copies],
              ["own-keys", TEXTS.others["own-keys"]],
            ]}
          />
        </>
      ) : null}
      {proposal ? <Proposal proposal={proposal} change={change} onDone={onDone} /> : null}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={onDone}>
          {TEXTS.skip}
        </Button>
      </Group>
    </StepBox>
  );
}

function answered(
  dnssec: ModeAnswers["dnssec"] | "",
  signer: ModeAnswers["signer"] | "",
  others: ModeAnswers["others"] | "",
  seen: SeenRecords,
): ModeProposal | undefined {
  if (dnssec === "not-now") return proposeMode({ dnssec, signer: "countersign", others: "none" }, seen);
  return dnssec === "" || signer === "" || others === "" ? undefined : proposeMode({ dnssec, signer, others }, seen);
}

type ProposalProps = {
  readonly proposal: ModeProposal;
  readonly change: ModeChange;
  readonly onDone: () => void;
};

function Proposal({ proposal: { mode, nsec3, caution }, change, onDone }: ProposalProps) {
  const { name, means } = MODES[mode];
  const plan = change.plan({ mode, nsec3 });
  const apply = async () => {
    if (plan?.kind === "steps" && (await change.make(plan.steps))) onDone();
  };
  return (
    <Stack gap="sm">
      <Note tone="info" title={TEXTS.proposal(name)} role="status">
        <p>{means}</p>
      </Note>
      {caution ? (
        <Note tone="warn">
          <p>{TEXTS.cautions[caution]}</p>
        </Note>
      ) : null}
      {plan?.kind === "unsafe" ? (
        <Note tone="bad">
          <p>{MODE_REFUSALS_TEXT[plan.refusal]}</p>
        </Note>
      ) : null}
      {change.failure ? <ErrorNote title={TEXTS.failed} failure={change.failure} /> : null}
      <Group justify="flex-end">
        <Button onClick={() => void apply()} loading={change.pending} disabled={plan?.kind !== "steps"}>
          {TEXTS.action(name)}
        </Button>
      </Group>
    </Stack>
  );
}

type QuestionProps<T extends string> = {
  readonly label: string;
  readonly value: T | "";
  readonly onChange: (value: T) => void;
  readonly answers: readonly (readonly [value: T, label: string, hint?: string])[];
};

function Question<T extends string>({ label, value, onChange, answers }: QuestionProps<T>) {
  return (
    <Radio.Group label={label} value={value} onChange={(next) => onChange(next as T)} labelProps={{ fw: 600 }}>
      <Stack gap={8} mt={8}>
        {answers.map(([each, text, hint]) => (
          <Radio key={each} value={each} label={text} description={hint} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
