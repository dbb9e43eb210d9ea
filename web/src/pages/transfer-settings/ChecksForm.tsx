/** What a new version has to pass, and whose rhythm it is asked for in: each choice is saved when it is made. */
import { Select } from "@mantine/core";
import type { ZoneSettings } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { TRANSFER_SETTINGS } from "../../texts/transfer-settings.ts";
import classes from "./TransferSettings.module.css";

const WORDS = TRANSFER_SETTINGS.checks;

export type SettingsFormProps = {
  readonly zoneId: string;
  readonly settings: ZoneSettings;
  readonly disabled: boolean;
};

type Choice = "timers" | "expired" | "zonemd" | "signature_check";

const FIELDS: readonly (readonly [
  field: Choice,
  label: string,
  words: Readonly<Record<string, string>>,
  hint?: string,
])[] = [
  ["timers", WORDS.timers, WORDS.timerWords, WORDS.timersHint],
  ["expired", WORDS.expired, WORDS.expiredWords],
  ["zonemd", WORDS.zonemd, WORDS.zonemdWords],
  ["signature_check", WORDS.signatures, WORDS.signatureWords],
];

export function ChecksForm({ zoneId, settings, disabled }: SettingsFormProps) {
  const toast = useToast();
  const edit = useWrite("own.settings.edit", { changes: ["own.settings.get", "own.status"] });
  const choose = (field: Choice, value: string | null) => {
    if (value === null || value === settings[field]) return;
    edit.mutate({ params: { zoneId }, body: { [field]: value } }, { onSuccess: () => toast(TRANSFER_SETTINGS.saved) });
  };
  return (
    <Card title={WORDS.title} order={3}>
      <div className={classes["choices"]}>
        {FIELDS.map(([field, label, words, hint]) => (
          <Select
            key={field}
            label={label}
            description={hint}
            data={Object.entries(words).map(([value, word]) => ({ value, label: word }))}
            value={settings[field]}
            onChange={(value) => choose(field, value)}
            allowDeselect={false}
            disabled={disabled || edit.isPending}
          />
        ))}
      </div>
      {edit.error ? <ErrorNote failure={edit.error.failure} /> : null}
    </Card>
  );
}
