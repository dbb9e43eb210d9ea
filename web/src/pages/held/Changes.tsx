/** Record sets that came, went or changed, with what they were before and are now. */
import { Stack } from "@mantine/core";
import type { HeldVersion } from "#contract";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { HELD } from "../../texts/held.ts";
import classes from "./Changes.module.css";

type Comparison = NonNullable<HeldVersion["changes"]>;

const TONES: Readonly<Record<Comparison["listed"][number]["change"], Tone>> = {
  added: "good",
  removed: "bad",
  changed: "warn",
};

export function Changes({ changes }: { readonly changes: Comparison }) {
  const { listed, added, removed, changed } = changes;
  const all = added + removed + changed;
  return (
    <Stack gap="md">
      <p className={classes["text"]}>
        {HELD.changesText(changes)} {HELD.records(changes.records, changes.served_records)}.{" "}
        {HELD.listed(listed.length, all)}
      </p>
      <ul className={classes["changes"]}>
        {listed.map((each) => (
          <li key={`${each.owner} ${each.type}`}>
            <div className={classes["head"]}>
              <StateBadge tone={TONES[each.change]}>{HELD.change[each.change]}</StateBadge>
              <strong>
                {each.owner} {each.type}
              </strong>
            </div>
            <Lines word={HELD.before} mark="−" lines={each.before} />
            <Lines word={HELD.after} mark="+" lines={each.after} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function Lines({
  word,
  mark,
  lines,
}: {
  readonly word: string;
  readonly mark: string;
  readonly lines: readonly string[];
}) {
  if (lines.length === 0) return null;
  return (
    <ul className={classes["lines"]} aria-label={word}>
      {lines.map((line) => (
        <li key={line} data-mark={mark}>
          {line}
        </li>
      ))}
    </ul>
  );
}
