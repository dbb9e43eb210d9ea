/** Record sets that came, went or changed: a part for each kind with its count, the first few shown, all of them when wanted, searched by name, type or value. */
import { Button, Stack, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import type { HeldVersion } from "#contract";
import { DomainName } from "../../parts/DomainName.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { COMMON, printNumber } from "../../texts/common.ts";
import { HELD } from "../../texts/held.ts";
import classes from "./Changes.module.css";

type Comparison = NonNullable<HeldVersion["changes"]>;
type Change = Comparison["listed"][number];

/** What went is looked at first: it is why versions are held. */
const KINDS = ["removed", "changed", "added"] as const;
const FIRST = 5;
/** Fewer are seen at a glance. */
const SEARCHED_FROM = 10;

const TONES: Readonly<Record<Change["change"], Tone>> = { added: "good", removed: "bad", changed: "warn" };

export type ChangesProps = {
  readonly changes: Comparison;
  /** Asks for those that are not listed; undefined: more are never listed. */
  readonly onAll: (() => void) | undefined;
};

export function Changes({ changes, onAll }: ChangesProps) {
  const [search, setSearch] = useState("");
  const { listed } = changes;
  const all = changes.added + changes.removed + changes.changed;
  const wanted = search.trim().toLowerCase();
  const found = listed.filter((change) => fits(change, wanted));
  return (
    <Stack gap="md">
      <p className={classes["text"]}>
        {HELD.changesText(changes)} {HELD.records(changes.records, changes.served_records)}.
      </p>
      {listed.length < SEARCHED_FROM ? null : (
        <TextInput
          type="search"
          label={HELD.search}
          leftSection={<Icon name="search" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          maw="26rem"
        />
      )}
      {found.length === 0 && wanted !== "" ? <p className={classes["text"]}>{HELD.noneFound}</p> : null}
      {KINDS.map((kind) => (
        <Kind
          key={kind}
          kind={kind}
          total={wanted === "" ? changes[kind] : undefined}
          rows={found.filter(({ change }) => change === kind)}
        />
      ))}
      {listed.length < all ? (
        <div className="cs-buttons">
          <span className={classes["text"]}>{HELD.listed(listed.length, all)}</span>
          {onAll === undefined ? null : (
            <Button variant="default" onClick={onAll}>
              {HELD.listAll}
            </Button>
          )}
        </div>
      ) : null}
    </Stack>
  );
}

function fits({ owner, type, before, after }: Change, wanted: string): boolean {
  return wanted === "" || [owner, type, ...before, ...after].some((text) => text.toLowerCase().includes(wanted));
}

type KindProps = {
  readonly kind: Change["change"];
  /** Of all, not of those that are listed; undefined while one searches. */
  readonly total: number | undefined;
  readonly rows: readonly Change[];
};

function Kind({ kind, total, rows }: KindProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  if (rows.length === 0) return null;
  const shown = open ? rows : rows.slice(0, FIRST);
  return (
    <section aria-labelledby={id}>
      <h4 id={id} className={classes["kind"]}>
        <StateBadge tone={TONES[kind]}>{HELD.change[kind]}</StateBadge>
        {printNumber(total ?? rows.length)}
      </h4>
      <ul className={classes["changes"]}>
        {shown.map((each) => (
          <li key={`${each.owner} ${each.type}`}>
            <strong className={classes["head"]}>
              <DomainName name={each.owner} /> {each.type}
            </strong>
            <Lines word={HELD.before} mark="−" lines={each.before} />
            <Lines word={HELD.after} mark="+" lines={each.after} />
          </li>
        ))}
      </ul>
      {rows.length > FIRST ? (
        <Button variant="subtle" size="compact-md" mt="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? COMMON.showFewer : COMMON.showAll(rows.length)}
        </Button>
      ) : null}
    </section>
  );
}

type LinesProps = { readonly word: string; readonly mark: string; readonly lines: readonly string[] };

function Lines({ word, mark, lines }: LinesProps) {
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
