/** When a key is rolled by itself: as the server has it, by days of the zone's own, or never. */
import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import type { Rollover, Rollovers } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { NumberField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { COMMON } from "../../texts/common.ts";
import { ROLLOVERS } from "../../texts/rollovers.ts";

type ScheduleDialogProps = {
  readonly zoneId: string;
  readonly kind: Rollover["kind"];
  readonly rollovers: Rollovers;
  readonly onClose: () => void;
};

const { plan: WORDS } = ROLLOVERS;
type Choice = keyof typeof WORDS.choices;
const CHOICES = Object.keys(WORDS.choices) as Choice[];
const USUAL_DAYS = { zsk: 90, ksk: 365 } as const;

export function ScheduleDialog({ zoneId, kind, rollovers, onClose }: ScheduleDialogProps) {
  const toast = useToast();
  const days = rollovers[`${kind}_days`];
  const edit = useWrite("own.rollovers.edit", { changes: ["own.rollovers"] });
  const [choice, setChoice] = useState<Choice>(days === "default" ? "default" : days === null ? "never" : "days");
  const submit = (fields: FormFields) => {
    const wanted = choice === "days" ? Number(fields.text("days")) : choice === "never" ? null : choice;
    const onSuccess = () => {
      toast(WORDS.saved);
      onClose();
    };
    edit.mutate({ params: { zoneId }, body: { [`${kind}_days`]: wanted } }, { onSuccess });
  };
  return (
    <FormDialog
      title={WORDS.title[kind]}
      action={COMMON.save}
      onClose={onClose}
      onSubmit={submit}
      pending={edit.isPending}
      failed={WORDS.failed}
      {...(edit.error && { failure: edit.error.failure })}
    >
      <p>{WORDS.text[kind]}</p>
      <Radio.Group aria-label={WORDS.title[kind]} value={choice} onChange={(value) => setChoice(value as Choice)}>
        <Stack gap="xs">
          {CHOICES.map((each) => (
            <Radio key={each} value={each} label={WORDS.choices[each]} />
          ))}
        </Stack>
      </Radio.Group>
      {choice === "days" ? (
        <NumberField
          name="days"
          at={`/${kind}_days`}
          label={WORDS.days}
          description={WORDS.daysHint[kind]}
          defaultValue={typeof days === "number" ? days : USUAL_DAYS[kind]}
          min={1}
          max={3650}
          allowDecimal={false}
          required
          maw="12rem"
        />
      ) : null}
    </FormDialog>
  );
}
