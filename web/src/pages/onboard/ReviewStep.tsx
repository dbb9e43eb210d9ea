/** Fifth step: what came. By type, and the records that people look for first. */
import { Button, Group, Table } from "@mantine/core";
import type { DnsRecord, ZoneStatus } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { count, printNumber } from "../../texts/common.ts";
import { ONBOARD } from "../../texts/onboard.ts";
import classes from "./ReviewStep.module.css";
import { StepBox } from "./StepBox.tsx";
import { useSeenRecords } from "./useSeenRecords.ts";

const TEXTS = ONBOARD.review;
/** Enough to recognise a zone by; the whole of it stands under Records. */
const LOOKED_AT = 500;
const SHOWN = 40;
const DNSSEC_TYPES = new Set(["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"]);
/** What people look for first. */
const FIRST_TYPES = ["MX", "A", "AAAA", "CNAME", "NS", "TXT"];

type ReviewStepProps = { readonly status: ZoneStatus; readonly onDone: () => void };

export function ReviewStep({ status, onDone }: ReviewStepProps) {
  const records = useRead("records.list", { params: { zoneId: status.id }, query: { per_page: LOOKED_AT } });
  const seen = useSeenRecords(status.id);
  const total = status.image?.records ?? records.data?.length ?? 0;
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead(status.name, count(total, "record"))}>
      {records.error ? <ErrorNote title={TEXTS.failed} failure={records.error.failure} /> : null}
      {records.isPending ? <Loading what={TEXTS.sample} /> : null}
      {records.data ? <Sample records={records.data} total={total} /> : null}
      {seen ? <Note tone={seen.signed ? "info" : "quiet"}>{seen.signed ? TEXTS.signed : TEXTS.unsigned}</Note> : null}
      <Group justify="flex-end">
        <Button onClick={onDone}>{TEXTS.action}</Button>
      </Group>
    </StepBox>
  );
}

function Sample({ records, total }: { readonly records: readonly DnsRecord[]; readonly total: number }) {
  const types = new Map<string, number>();
  for (const { type } of records) types.set(type, (types.get(type) ?? 0) + 1);
  const rank = ({ type }: DnsRecord) => (FIRST_TYPES.indexOf(type) + FIRST_TYPES.length + 1) % (FIRST_TYPES.length + 1);
  const shown = records.filter(({ type }) => !DNSSEC_TYPES.has(type)).toSorted((a, b) => rank(a) - rank(b));
  const rows = shown.slice(0, SHOWN);
  const { name, type, ttl, content } = TEXTS.columns;
  return (
    <>
      <ul className={classes["types"]} aria-label={TEXTS.types}>
        {[...types].map(([each, many]) => (
          <li key={each}>
            <strong>{each}</strong> {printNumber(many)}
          </li>
        ))}
      </ul>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <section className={classes["table"]} tabIndex={0} aria-label={TEXTS.sample}>
        <Table verticalSpacing={5} fz="sm" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {[name, type, ttl, content].map((word) => (
                <Table.Th key={word}>{word}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((record) => (
              <Table.Tr key={record.id}>
                <Table.Td>{record.name}</Table.Td>
                <Table.Td>{record.type}</Table.Td>
                <Table.Td>{record.ttl}</Table.Td>
                <Table.Td className="cs-mono">
                  {record.priority === undefined ? null : `${record.priority} `}
                  {record.content}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      {total > rows.length ? <small>{TEXTS.more(printNumber(total - rows.length))}</small> : null}
    </>
  );
}
