/** What the zone was asked: over time, by type, code, transport; names asked most; times. */
import { Select, Stack, Table } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { AnalyticsByTime } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { Card } from "../../parts/Card.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { DomainName } from "../../parts/DomainName.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { TimeChart } from "../../parts/TimeChart.tsx";
import { printNumber } from "../../texts/common.ts";
import { ANALYTICS } from "../../texts/insight.ts";
import { printExact } from "../../texts/time.ts";
import classes from "./AnalyticsPage.module.css";

const route = getRouteApi("/zones/$zoneId");
const RANGES = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const;
type Range = keyof typeof RANGES;
type By = keyof typeof ANALYTICS.bys;
const REFRESH_SECONDS = 30;
/** Lines of the chart; rarer values are in the table alone. */
const MOST_LINES = 6;

export function AnalyticsPage() {
  const { zoneId } = route.useParams();
  const [state, setAddress] = useAddressState();
  const range: Range = state["range"] && state["range"] in RANGES ? (state["range"] as Range) : "day";
  const by: By = state["by"] && state["by"] in ANALYTICS.bys ? (state["by"] as By) : "queryType";
  const since = useMemo(() => sinceOf(range), [range]);
  const params = { zoneId };
  const status = useRead("own.status", { params });
  const settings = { refreshSeconds: REFRESH_SECONDS, keepPrevious: true };
  const whole = useRead(
    "analytics.report",
    { params, query: { since, metrics: ["queryCount", "uncachedCount", "responseTimeMedian", "responseTime99th"] } },
    settings,
  );
  const overTime = useRead("analytics.byTime", { params, query: { since, dimensions: [by] } }, settings);
  const names = useRead(
    "analytics.report",
    { params, query: { since, dimensions: ["queryName", "queryType", "responseCode"], limit: 20 } },
    settings,
  );
  const error = whole.error ?? overTime.error ?? names.error;
  const again = (): void => void Promise.all([whole.refetch(), overTime.refetch(), names.refetch()]);
  return (
    <>
      <PageTitle
        order={2}
        title={ANALYTICS.title}
        windowTitle={ANALYTICS.windowTitle(status.data?.name ?? "")}
        lead={ANALYTICS.lead}
      />
      <Stack gap="lg">
        <div className={classes["choices"]}>
          <Choice
            label={ANALYTICS.range}
            words={ANALYTICS.ranges}
            value={range}
            choose={(range) => setAddress({ range })}
          />
          <Choice label={ANALYTICS.by} words={ANALYTICS.bys} value={by} choose={(by) => setAddress({ by })} />
        </div>
        {error ? (
          <ErrorNote title={ANALYTICS.failed} failure={error.failure} again={again} />
        ) : !whole.data || !overTime.data || !names.data ? (
          <Loading what={ANALYTICS.what} />
        ) : whole.data.totals["queryCount"] === 0 ? (
          <EmptyState heading={3} title={ANALYTICS.none.title} text={ANALYTICS.none.text} />
        ) : (
          <>
            <Totals totals={whole.data.totals} />
            <OverTime report={overTime.data} by={by} />
            <Names rows={names.data.data} />
          </>
        )}
      </Stack>
    </>
  );
}

/** To the minute, so that the same question is asked again and not a new one with every look. */
function sinceOf(range: Range): string {
  const minute = 60_000;
  return new Date(Math.floor(Date.now() / minute) * minute - RANGES[range] * 1000).toISOString();
}

function Choice<K extends string>(props: {
  readonly label: string;
  readonly words: Readonly<Record<K, string>>;
  readonly value: K;
  readonly choose: (value: string) => void;
}) {
  const data = Object.entries(props.words).map(([value, label]) => ({ value, label: String(label) }));
  return (
    <Select
      label={props.label}
      data={data}
      value={props.value}
      allowDeselect={false}
      onChange={(value) => value && props.choose(value)}
    />
  );
}

function Totals({ totals }: { readonly totals: Readonly<Record<string, number>> }) {
  const count = (metric: string): string => printNumber(totals[metric] ?? 0);
  const time = (metric: string): string => ANALYTICS.milliseconds(totals[metric] ?? 0);
  return (
    <dl className={classes["totals"]}>
      {[
        [ANALYTICS.total, count("queryCount")],
        [ANALYTICS.uncached, count("uncachedCount")],
        [ANALYTICS.median, time("responseTimeMedian")],
        [ANALYTICS.high, time("responseTime99th")],
      ].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function OverTime({ report, by }: { readonly report: AnalyticsByTime; readonly by: By }) {
  const label = (value: string): string => (by === "tcp" ? (ANALYTICS.transport[value] ?? value) : value || "other");
  const lines = report.data.slice(0, MOST_LINES).map(({ dimensions, metrics }) => ({
    label: label(dimensions[0] ?? ""),
    values: metrics[0] ?? [],
  }));
  const starts = report.time_intervals.map(([from]) => from ?? "");
  return (
    <Card title={ANALYTICS.overTime} order={3}>
      <TimeChart label={ANALYTICS.chart(ANALYTICS.bys[by])} starts={starts} lines={lines} />
      <details>
        <summary>{ANALYTICS.asTable}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
        <section className={classes["scroll"]} tabIndex={0} aria-label={ANALYTICS.asTable}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{ANALYTICS.time}</Table.Th>
                {lines.map((line) => (
                  <Table.Th key={line.label}>{line.label}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {starts.map((start, i) => (
                <Table.Tr key={start}>
                  <Table.Td>{printExact(start)}</Table.Td>
                  {lines.map((line) => (
                    <Table.Td key={line.label}>{printNumber(line.values[i] ?? 0)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </details>
    </Card>
  );
}

type Row = { readonly dimensions: readonly string[]; readonly metrics: readonly number[] };

function Names({ rows }: { readonly rows: readonly Row[] }) {
  const columns: readonly Column<Row & { readonly id: string }>[] = [
    { head: ANALYTICS.name, cell: ({ dimensions }) => <DomainName name={dimensions[0] ?? ""} /> },
    { head: ANALYTICS.bys.queryType, cell: ({ dimensions }) => dimensions[1] },
    { head: ANALYTICS.code, cell: ({ dimensions }) => dimensions[2] },
    { head: ANALYTICS.count, cell: ({ metrics }) => printNumber(metrics[0] ?? 0), isNumber: true },
  ];
  return (
    <Card title={ANALYTICS.names} order={3}>
      <DataTable
        label={ANALYTICS.names}
        columns={columns}
        rows={rows.map((row) => ({ ...row, id: row.dimensions.join(" ") }))}
      />
    </Card>
  );
}
