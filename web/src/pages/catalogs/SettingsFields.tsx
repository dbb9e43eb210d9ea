/** How zones are set up: who signs them, and how missing names are denied. */
import { SIGNING_MODES } from "virtual:contract";
import { NativeSelect, SimpleGrid } from "@mantine/core";
import type { MemberSettings } from "#contract";
import { CATALOGS } from "../../texts/catalogs.ts";
import { MODES } from "../../texts/modes.ts";

export type Settings = MemberSettings;

export type SettingsFieldsProps = {
  readonly value: Settings;
  readonly onChange: (value: Settings) => void;
};

type Denial = Settings["denial"];
const DENIALS = Object.keys(CATALOGS.denials) as Denial[];

export function SettingsFields({ value, onChange }: SettingsFieldsProps) {
  const { fields, denials } = CATALOGS;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NativeSelect
        label={fields.mode}
        value={value.mode}
        onChange={(event) => onChange({ ...value, mode: event.currentTarget.value as Settings["mode"] })}
        data={SIGNING_MODES.map((mode) => ({ value: mode, label: MODES[mode].name }))}
      />
      {value.mode === "unsigned" ? null : (
        <NativeSelect
          label={fields.denial}
          value={value.denial}
          onChange={(event) => onChange({ ...value, denial: event.currentTarget.value as Denial })}
          data={DENIALS.map((denial) => ({ value: denial, label: denials[denial] }))}
        />
      )}
    </SimpleGrid>
  );
}
