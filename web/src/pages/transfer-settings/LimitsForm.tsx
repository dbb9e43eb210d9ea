/** A zone's own bounds, narrower than the server's; an empty field leaves them to the server. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { NumberField } from "../../parts/entry-fields.tsx";
import { Form } from "../../parts/Form.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { TRANSFER_SETTINGS } from "../../texts/transfer-settings.ts";
import type { SettingsFormProps } from "./ChecksForm.tsx";
import classes from "./TransferSettings.module.css";

const WORDS = TRANSFER_SETTINGS.limits;

type Limit = "max_records" | "max_octets" | "max_transfer_seconds" | "hold_record_loss_percent";

const FIELDS: readonly (readonly [field: Limit, label: string, hint?: string])[] = [
  ["max_records", WORDS.records],
  ["max_octets", WORDS.octets, WORDS.octetsHint],
  ["max_transfer_seconds", WORDS.seconds],
  ["hold_record_loss_percent", WORDS.loss, WORDS.lossHint],
];

export function LimitsForm({ zoneId, settings, disabled }: SettingsFormProps) {
  const toast = useToast();
  const edit = useWrite("own.settings.edit", { changes: ["own.settings.get"] });
  const [values, setValues] = useState<Readonly<Record<Limit, number | string>>>(() => ({
    max_records: settings.max_records ?? "",
    max_octets: settings.max_octets ?? "",
    max_transfer_seconds: settings.max_transfer_seconds ?? "",
    hold_record_loss_percent: settings.hold_record_loss_percent ?? "",
  }));
  const failure = edit.error?.failure;
  const save = () => {
    const body = Object.fromEntries(
      FIELDS.map(([field]) => [field, values[field] === "" ? null : Number(values[field])]),
    );
    edit.mutate({ params: { zoneId }, body }, { onSuccess: () => toast(TRANSFER_SETTINGS.saved) });
  };
  return (
    <Card title={WORDS.title} lead={WORDS.lead} order={3}>
      <Form onSubmit={save} failure={failure}>
        <Stack gap="md">
          <div className={classes["choices"]}>
            {FIELDS.map(([field, label, hint]) => (
              <NumberField
                key={field}
                name={field}
                label={label}
                description={hint}
                placeholder={WORDS.server}
                value={values[field]}
                onChange={(value) => setValues({ ...values, [field]: value })}
                min={0}
                allowDecimal={false}
                thousandSeparator=","
                disabled={disabled}
              />
            ))}
          </div>
          {failure ? <ErrorNote failure={failure} /> : null}
          <div>
            <Button type="submit" loading={edit.isPending} disabled={disabled}>
              {TRANSFER_SETTINGS.save}
            </Button>
          </div>
        </Stack>
      </Form>
    </Card>
  );
}
