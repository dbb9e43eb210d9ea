/** Settings that are saved as they are chosen: timers, expiry, suspicious losses; checks of a new version. */

import { EXPIRED_ANSWERS, REFRESH_TIMERS, SIGNATURE_CHECKS, ZONEMD_CHECKS } from "virtual:contract";
import { NativeSelect, NumberInput, Stack } from "@mantine/core";
import { useState } from "react";
import type { Dnssec, ZoneSettings, ZoneSettingsEdit } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { SETTINGS } from "../../texts/settings.ts";

type UpkeepCardsProps = {
  readonly settings: ZoneSettings;
  readonly dnssec: Dnssec;
  readonly zoneId: string;
  readonly mayChange: boolean;
};

export function UpkeepCards({ settings, dnssec, zoneId, mayChange }: UpkeepCardsProps) {
  const toast = useToast();
  const edit = useWrite("own.settings.edit", { changes: ["own.settings.get", "own.status"] });
  const save = (body: ZoneSettingsEdit) =>
    edit.mutate({ params: { zoneId }, body }, { onSuccess: () => toast(SETTINGS.saved) });
  const { transfer, checks } = SETTINGS;
  const disabled = !mayChange || edit.isPending;
  return (
    <>
      {edit.error ? <ErrorNote title={SETTINGS.notSaved} failure={edit.error.failure} /> : null}
      <Card title={transfer.title} order={3}>
        <Stack gap="md" maw="36rem">
          <Choice
            label={transfer.timers}
            value={settings.timers}
            options={REFRESH_TIMERS}
            words={transfer.timersOptions}
            disabled={disabled}
            onChange={(timers) => save({ timers })}
          />
          <Choice
            label={transfer.expired}
            value={settings.expired}
            options={EXPIRED_ANSWERS}
            words={transfer.expiredOptions}
            disabled={disabled}
            onChange={(expired) => save({ expired })}
          />
          <Loss
            value={settings.hold_record_loss_percent}
            disabled={disabled}
            onSave={(percent) => save({ hold_record_loss_percent: percent })}
          />
        </Stack>
      </Card>
      <Card title={checks.title} order={3}>
        <Stack gap="md" maw="36rem">
          <Choice
            label={checks.zonemd}
            value={settings.zonemd}
            options={ZONEMD_CHECKS}
            words={checks.zonemdOptions}
            disabled={disabled}
            onChange={(zonemd) => save({ zonemd })}
          />
          {dnssec.dnssec_presigned ? (
            <Choice
              label={checks.signatures}
              value={settings.signature_check}
              options={SIGNATURE_CHECKS}
              words={checks.signaturesOptions}
              disabled={disabled}
              onChange={(signature_check) => save({ signature_check })}
            />
          ) : null}
        </Stack>
      </Card>
    </>
  );
}

type ChoiceProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly options: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly disabled: boolean;
  readonly onChange: (value: T) => void;
};

function Choice<T extends string>({ label, value, options, words, disabled, onChange }: ChoiceProps<T>) {
  return (
    <NativeSelect
      label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value as T)}
      data={options.map((option) => ({ value: option, label: words[option] }))}
    />
  );
}

type LossProps = {
  readonly value: number | null;
  readonly disabled: boolean;
  readonly onSave: (percent: number | null) => void;
};

/** Saved when one leaves the field: half a number is none. */
function Loss({ value, disabled, onSave }: LossProps) {
  const [percent, setPercent] = useState<number | string>(value ?? "");
  const leave = () => {
    const next = percent === "" ? null : Number(percent);
    if (next !== value) onSave(next);
  };
  return (
    <NumberInput
      label={SETTINGS.transfer.loss}
      description={SETTINGS.transfer.lossHint}
      value={percent}
      onChange={setPercent}
      onBlur={leave}
      min={0}
      max={100}
      allowDecimal={false}
      hideControls
      disabled={disabled}
    />
  );
}
