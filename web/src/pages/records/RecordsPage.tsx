/** The records of a zone as they were transferred: search, types, DNSSEC records when wanted, export. */
import { Button, Drawer, MultiSelect, Stack, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { DnsRecord } from "#contract";
import { useListWindow, useRead } from "../../fetch/hooks.ts";
import { type AddressState, useAddressState } from "../../parts/address-state.ts";
import { CopyField } from "../../parts/CopyField.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { mostRows, SparseTable } from "../../parts/SparseTable.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { COMMON } from "../../texts/common.ts";
import { RECORDS } from "../../texts/records.ts";
import { printDuration } from "../../texts/time.ts";
import { ExportButton } from "./ExportButton.tsx";
import classes from "./RecordsPage.module.css";

const PER_PAGE = 200;
const TYPING_MS = 250;
const ROW = 42;
/** On phones name and type stand above the value. */
const TALL_ROW = 68;
const WIDE = "(min-width: 48em)";

/** What people look for; any other type can be typed in an address: `?type=TYPE65280`. */
const TYPES =
  "A AAAA CAA CDNSKEY CDS CNAME DNAME DNSKEY DS HTTPS LOC MX NAPTR NS NSEC NSEC3 NSEC3PARAM OPENPGPKEY PTR RRSIG SMIMEA SOA SRV SSHFP SVCB TLSA TXT URI ZONEMD";

const route = getRouteApi("/zones/$zoneId");

export function RecordsPage() {
  const { zoneId } = route.useParams();
  const [address, setAddress] = useAddressState();
  const { q = "", type = "", dnssec } = address;
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const [search] = useDebouncedValue(q.trim(), TYPING_MS);
  const types = type === "" ? [] : type.split(",");
  const status = useRead("own.status", { params: { zoneId } });
  const records = useListWindow(
    "records.list",
    {
      params: { zoneId },
      query: {
        search: search === "" ? undefined : search,
        type: types.length === 0 ? undefined : types,
        // Whoever asks for a type by name wants it, whatever it is.
        dnssec: dnssec === "1" || types.length > 0 ? undefined : "hide",
      },
    },
    { perPage: PER_PAGE, ...sight },
  );
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState<DnsRecord>();
  const rowHeight = wide ? ROW : TALL_ROW;
  const name = status.data?.name ?? "";
  return (
    <>
      <PageTitle
        order={2}
        title={RECORDS.title}
        windowTitle={RECORDS.windowTitle(name)}
        lead={RECORDS.lead}
        actions={<ExportButton zoneId={zoneId} name={name} />}
      />
      <Filters q={q} types={types} dnssec={dnssec === "1"} onChange={setAddress} />
      {records.error ? (
        <ErrorNote title={RECORDS.failed} failure={records.error.failure} again={() => void records.again()} />
      ) : records.isPending && records.total === 0 ? (
        <Loading what={RECORDS.records} />
      ) : records.total === 0 ? (
        <NoRecords
          searched={search !== "" || types.length > 0}
          zoneId={zoneId}
          onAll={() => setAddress({ q: undefined, type: undefined })}
        />
      ) : (
        <SparseTable
          label={RECORDS.found(records.total, mostRows(rowHeight))}
          columns={[RECORDS.columns.name, RECORDS.columns.type, RECORDS.columns.ttl, RECORDS.columns.content]}
          gridClass={classes["grid"]}
          total={records.total}
          rowAt={records.rowAt}
          onSight={onSight}
          rowHeight={rowHeight}
          cells={(record) => cellsOf(record, name, setOpened)}
        />
      )}
      <RecordDrawer record={opened} onClose={() => setOpened(undefined)} />
    </>
  );
}

function cellsOf(record: DnsRecord, zone: string, open: (record: DnsRecord) => void) {
  const { name, type, ttl, content, priority } = record;
  const value = priority === undefined ? content : `${priority} ${content}`;
  return [
    <button
      key="name"
      type="button"
      className={classes["name"]}
      title={name}
      aria-label={RECORDS.open(name, type)}
      onClick={() => open(record)}
    >
      <OwnName name={name} zone={zone} />
    </button>,
    <span key="type" className={classes["type"]}>
      {type}
    </span>,
    <span key="ttl" className={classes["ttl"]} title={printDuration(ttl)}>
      {ttl}
    </span>,
    <span key="content" className={classes["content"]} title={value}>
      {value}
    </span>,
  ];
}

/** What tells names of a zone apart comes first and stands out; the zone's own name is the part that may be cut off. */
function OwnName({ name, zone }: { readonly name: string; readonly zone: string }) {
  const suffix = `.${zone}`;
  if (zone === "" || !name.endsWith(suffix)) return name;
  return (
    <>
      {name.slice(0, -suffix.length)}
      <span className={classes["zone"]}>{suffix}</span>
    </>
  );
}

type FiltersProps = {
  readonly q: string;
  readonly types: readonly string[];
  readonly dnssec: boolean;
  readonly onChange: (change: AddressState) => void;
};

function Filters({ q, types, dnssec, onChange }: FiltersProps) {
  const known = TYPES.split(" ");
  return (
    <div className={classes["filters"]}>
      <TextInput
        type="search"
        label={RECORDS.search}
        leftSection={<Icon name="search" />}
        value={q}
        onChange={(event) => onChange({ q: event.currentTarget.value || undefined })}
        spellCheck={false}
        autoComplete="off"
      />
      <MultiSelect
        label={RECORDS.types}
        placeholder={types.length === 0 ? RECORDS.allTypes : undefined}
        data={[...known, ...types.filter((each) => !known.includes(each))]}
        value={[...types]}
        onChange={(next) => onChange({ type: next.length === 0 ? undefined : next.join(",") })}
        searchable
        clearable
        hidePickedOptions
        comboboxProps={{ width: 220, position: "bottom-start" }}
      />
      <Switch
        className={classes["switch"]}
        label={RECORDS.dnssec}
        description={RECORDS.dnssecHint}
        checked={dnssec}
        onChange={(event) => onChange({ dnssec: event.currentTarget.checked ? "1" : undefined })}
      />
    </div>
  );
}

type NoRecordsProps = { readonly searched: boolean; readonly zoneId: string; readonly onAll: () => void };

function NoRecords({ searched, zoneId, onAll }: NoRecordsProps) {
  if (searched) {
    return (
      <EmptyState heading={3} title={RECORDS.noneFound.title} text={RECORDS.noneFound.text}>
        <Button variant="default" onClick={onAll}>
          {RECORDS.noneFound.action}
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState heading={3} title={RECORDS.none.title} text={RECORDS.none.text}>
      <ButtonLink to="/zones/$zoneId/transfers" params={{ zoneId }} variant="default">
        {RECORDS.none.action}
      </ButtonLink>
    </EmptyState>
  );
}

function RecordDrawer({ record, onClose }: { readonly record: DnsRecord | undefined; readonly onClose: () => void }) {
  const { fields } = RECORDS;
  return (
    <Drawer
      opened={record !== undefined}
      onClose={onClose}
      position="right"
      title={record ? RECORDS.details(record.name, record.type) : ""}
      closeButtonProps={{ "aria-label": COMMON.close }}
    >
      {record ? (
        <Stack gap="md">
          <CopyField label={fields.name} value={record.name} />
          <CopyField label={fields.type} value={record.type} />
          <CopyField label={fields.ttl} value={String(record.ttl)} hint={printDuration(record.ttl)} />
          {record.priority === undefined ? null : <CopyField label={fields.priority} value={String(record.priority)} />}
          <CopyField label={fields.content} value={record.content} />
        </Stack>
      ) : null}
    </Drawer>
  );
}
