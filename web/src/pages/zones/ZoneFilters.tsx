/** Search, level of health, mode; each in the address. */

import { HEALTH_LEVELS, SIGNING_MODES } from "virtual:contract";
import { NativeSelect, TextInput } from "@mantine/core";
import { useRead } from "../../fetch/hooks.ts";
import type { AddressState } from "../../parts/address-state.ts";
import { LEVEL_TONES } from "../../parts/HealthBadge.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { printNumber } from "../../texts/common.ts";
import { LEVELS } from "../../texts/health.ts";
import { MODES } from "../../texts/modes.ts";
import { ZONES } from "../../texts/zones.ts";
import classes from "./ZonesPage.module.css";

type ZoneFiltersProps = {
  readonly address: AddressState;
  readonly onChange: (change: AddressState) => void;
};

export function ZoneFilters({ address, onChange }: ZoneFiltersProps) {
  const { data: counts } = useRead("own.zoneCounts", {}, { keepPrevious: true });
  const chip = (level: string | undefined, label: string, count: number | undefined, tone?: string) => (
    <button
      key={label}
      type="button"
      className={classes["chip"]}
      data-tone={count ? tone : undefined}
      aria-pressed={address["level"] === level}
      onClick={() => onChange({ level })}
    >
      {label}
      {count === undefined ? null : <span className={classes["number"]}>{printNumber(count)}</span>}
    </button>
  );
  return (
    <div className={classes["filters"]}>
      <TextInput
        type="search"
        aria-label={ZONES.search}
        placeholder={ZONES.search}
        leftSection={<Icon name="search" />}
        value={address["q"] ?? ""}
        onChange={(event) => onChange({ q: event.currentTarget.value || undefined })}
        className={classes["search"]}
      />
      <NativeSelect
        aria-label={ZONES.modeFilter}
        value={address["mode"] ?? ""}
        onChange={(event) => onChange({ mode: event.currentTarget.value || undefined })}
        data={[
          { value: "", label: ZONES.anyMode },
          ...SIGNING_MODES.map((mode) => ({ value: mode, label: MODES[mode].name })),
        ]}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't be laid out in one row with the fields beside it. */}
      <div className={classes["chips"]} role="group" aria-label={ZONES.levelFilter}>
        {chip(undefined, ZONES.all, counts?.total)}
        {HEALTH_LEVELS.map((level) => chip(level, LEVELS[level], counts?.levels[level], LEVEL_TONES[level]))}
      </div>
    </div>
  );
}
