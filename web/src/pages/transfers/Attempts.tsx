/** The timeline of attempts: a sentence each, all its facts when it is opened. */
import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { PeerStatus, Transfer } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { Card } from "../../parts/Card.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import classes from "../../parts/Happened.module.css";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printExact } from "../../texts/time.ts";
import { attemptSentence, OUTCOME_WORDS, TRANSFERS } from "../../texts/transfers.ts";

const WORDS = TRANSFERS.attempts;
const STEP = 30;
const MOST = 1000;

const TONES: Readonly<Record<Transfer["outcome"], Tone>> = {
  taken: "good",
  unchanged: "quiet",
  held: "warn",
  refused: "bad",
  failed: "bad",
  sent: "good",
};

type Filter = keyof typeof WORDS.filters;

type FilterQuery = {
  readonly direction?: Transfer["direction"][];
  readonly outcome?: Transfer["outcome"][];
};

const QUERIES: Readonly<Record<Filter, FilterQuery>> = {
  all: {},
  in: { direction: ["in"] },
  out: { direction: ["out"] },
  trouble: { outcome: ["held", "refused", "failed"] },
};

export function Attempts({ zoneId, peers }: { readonly zoneId: string; readonly peers: readonly PeerStatus[] }) {
  const [address, setAddress] = useAddressState();
  const filter: Filter =
    address["show"] !== undefined && address["show"] in WORDS.filters ? (address["show"] as Filter) : "all";
  const [limit, setLimit] = useState(STEP);
  const read = useRead(
    "own.transfers",
    { params: { zoneId }, query: { limit, ...QUERIES[filter] } },
    { keepPrevious: true },
  );
  const rows = read.data;
  return (
    <Card
      title={WORDS.title}
      lead={WORDS.lead}
      order={3}
      actions={
        <SegmentedControl
          aria-label={WORDS.filter}
          value={filter}
          onChange={(show) => setAddress({ show: show === "all" ? undefined : show })}
          data={Object.entries(WORDS.filters).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      {read.error ? (
        <ErrorNote failure={read.error.failure} again={() => void read.refetch()} />
      ) : rows === undefined ? (
        <Loading what={TRANSFERS.transfers} />
      ) : rows.length === 0 ? (
        filter === "all" ? (
          <EmptyState heading={3} title={WORDS.none.title} text={WORDS.none.text} />
        ) : (
          <p>{WORDS.noneFound}</p>
        )
      ) : (
        <>
          <ol className={classes["list"]}>
            {rows.map((row) => (
              <li key={row.id}>
                <Attempt row={row} who={whoOf(row, peers)} />
              </li>
            ))}
          </ol>
          {rows.length === limit && limit < MOST ? (
            <Button variant="default" mt="md" loading={read.isFetching} onClick={() => setLimit(limit + STEP * 2)}>
              {WORDS.more}
            </Button>
          ) : null}
        </>
      )}
    </Card>
  );
}

function whoOf(row: Transfer, peers: readonly PeerStatus[]): string {
  return peers.find(({ id }) => id === row.peer_id)?.name ?? row.address;
}

function Attempt({ row, who }: { readonly row: Transfer; readonly who: string }) {
  return (
    <details className={classes["entry"]}>
      <summary>
        <StateBadge tone={TONES[row.outcome]}>{OUTCOME_WORDS[row.outcome]}</StateBadge>
        <span className={classes["sentence"]}>
          {attemptSentence(row, who)}
          {row.error ? <span className={classes["reason"]}>{row.error.message}</span> : null}
          {row.repeats > 0 ? <span className={classes["reason"]}>{WORDS.repeats(row.repeats)}</span> : null}
        </span>
        <span className={classes["when"]}>
          <WhenAgo time={row.finished_time} />
        </span>
      </summary>
      <div className={classes["facts"]}>
        <Facts facts={factsOf(row)} />
      </div>
    </details>
  );
}

function factsOf(row: Transfer): readonly Fact[] {
  const { fields } = WORDS;
  const facts: Fact[] = [
    [fields.direction, WORDS.directions[row.direction]],
    [
      fields.address,
      <span key="address" className="cs-mono">
        {row.address}
      </span>,
    ],
    [fields.asked, WORDS.kind(row.kind)],
    [fields.got, row.got === null ? WORDS.nothing : WORDS.kind(row.got)],
    [fields.why, WORDS.reason(row.reason)],
    [fields.transport, WORDS.transports[row.transport]],
    [fields.tsig, row.tsig_key ?? WORDS.noKey],
  ];
  if (row.tls_identity !== null) facts.push([fields.tls, row.tls_identity]);
  facts.push(
    [fields.serials, WORDS.serials(row.serial_before, row.serial_after)],
    [fields.size, WORDS.size(row)],
    [fields.started, printExact(row.started_time)],
    [fields.finished, printExact(row.finished_time)],
    [fields.took, WORDS.took(row.duration_seconds)],
  );
  if (row.fallback) facts.push([fields.fallback, `${row.fallback.message} (${row.fallback.code})`]);
  if (row.error) facts.push([fields.error, row.error.message], [fields.code, row.error.code]);
  facts.push([fields.number, row.id]);
  return facts;
}
