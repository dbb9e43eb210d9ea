/** Why an answer is what it is: a question, the very answer, how it was found, what its proof shows. */
import { Button, Checkbox, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Explanation } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import type { Failure } from "../../fetch/result.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { Card } from "../../parts/Card.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { DomainName } from "../../parts/DomainName.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Form } from "../../parts/Form.tsx";
import { TextField } from "../../parts/fields.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { EXPLAIN } from "../../texts/insight.ts";
import classes from "./ExplainPage.module.css";

const route = getRouteApi("/zones/$zoneId");

export function ExplainPage() {
  const { zoneId } = route.useParams();
  const [{ name = "@", type = "SOA", do: dnssec = "true" }, setAddress] = useAddressState();
  const params = { zoneId };
  const status = useRead("own.status", { params });
  const explained = useRead("insight.explain", { params, query: { name, type, do: dnssec } });
  const zone = status.data?.name ?? "";
  return (
    <>
      <PageTitle order={2} title={EXPLAIN.title} windowTitle={EXPLAIN.windowTitle(zone)} lead={EXPLAIN.lead} />
      <Stack gap="lg">
        <Question
          key={`${name} ${type} ${dnssec}`}
          zone={zone}
          failure={explained.error?.failure}
          asked={{ name, type, dnssec: dnssec === "true" }}
          ask={(next) => {
            setAddress({ name: next.name, type: next.type, do: String(next.dnssec) });
            if (next.name === name && next.type === type) void explained.refetch();
          }}
        />
        {explained.error ? (
          <ErrorNote title={EXPLAIN.failed} failure={explained.error.failure} />
        ) : explained.data ? (
          <Explained explanation={explained.data} />
        ) : (
          <Loading what={EXPLAIN.what} />
        )}
      </Stack>
    </>
  );
}

type Asked = { readonly name: string; readonly type: string; readonly dnssec: boolean };

type QuestionProps = {
  readonly zone: string;
  readonly asked: Asked;
  readonly failure: Failure | undefined;
  readonly ask: (next: Asked) => void;
};

function Question(props: QuestionProps) {
  const [asked, setAsked] = useState(props.asked);
  const submit = (): void => {
    props.ask({ ...asked, name: asked.name.trim() || "@", type: asked.type.trim().toUpperCase() || "A" });
  };
  return (
    <Form className={classes["form"]} onSubmit={submit} failure={props.failure}>
      <TextField
        name="name"
        at="/query/name"
        label={EXPLAIN.name}
        description={EXPLAIN.nameHint(props.zone)}
        value={asked.name}
        onChange={(event) => setAsked({ ...asked, name: event.currentTarget.value })}
        spellCheck={false}
        autoCapitalize="none"
      />
      <TextField
        name="type"
        at="/query/type"
        label={EXPLAIN.type}
        description="A, AAAA, MX, TYPE65280"
        value={asked.type}
        onChange={(event) => setAsked({ ...asked, type: event.currentTarget.value })}
        spellCheck={false}
      />
      <Checkbox
        className={classes["check"]}
        label={EXPLAIN.dnssec}
        checked={asked.dnssec}
        onChange={(event) => setAsked({ ...asked, dnssec: event.currentTarget.checked })}
      />
      <Button type="submit">{EXPLAIN.ask}</Button>
    </Form>
  );
}

function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { summary, rcode, flags, octets, extended_errors: extended, zone, steps, records, proofs } = explanation;
  const facts: Fact[] = [
    [EXPLAIN.code, rcode],
    [EXPLAIN.flags, flags.join(" ")],
    [EXPLAIN.octets, EXPLAIN.octetsOf(octets)],
  ];
  if (extended.length > 0) facts.push([EXPLAIN.extended, extended.map(({ name }) => name).join(", ")]);
  if (zone) facts.push([EXPLAIN.version, EXPLAIN.versionOf(zone.serial, zone.generation)]);
  return (
    <>
      <Card title={EXPLAIN.answer} order={3} lead={`${summary}.`}>
        <Facts facts={facts} />
      </Card>
      {steps.length === 0 ? null : (
        <Card title={EXPLAIN.steps} order={3}>
          <ol className={classes["list"]}>
            {steps.map(({ name, sentence }) => (
              <li key={name}>{sentence}</li>
            ))}
          </ol>
        </Card>
      )}
      {records.length === 0 ? null : (
        <Card title={EXPLAIN.records} order={3}>
          <Records records={records} />
        </Card>
      )}
      {proofs.length === 0 ? null : (
        <Card title={EXPLAIN.proofs} order={3}>
          <ul className={classes["list"]}>
            {proofs.flatMap(({ name, type, proves }) =>
              proves.map(({ sentence }) => (
                <li key={`${name} ${sentence}`}>
                  <span className={classes["data"]}>
                    {name} {type}
                  </span>
                  : {sentence}
                </li>
              )),
            )}
          </ul>
        </Card>
      )}
    </>
  );
}

type ExplainedRecord = Explanation["records"][number] & { readonly id: string };

const { columns: HEADS } = EXPLAIN;

const COLUMNS: readonly Column<ExplainedRecord>[] = [
  { head: HEADS.name, cell: ({ name }) => <DomainName name={name} /> },
  { head: HEADS.type, cell: ({ type }) => <span className={classes["type"]}>{type}</span> },
  { head: HEADS.section, cell: ({ section }) => section },
  { head: HEADS.data, cell: ({ data }) => <span className={classes["data"]}>{data}</span>, long: true },
  { head: HEADS.why, cell: ({ why }) => why },
];

function Records({ records }: { readonly records: Explanation["records"] }) {
  const rows = records.map((record) => {
    const { section, name, type, data } = record;
    return { ...record, id: `${section} ${name} ${type} ${data}` };
  });
  return <DataTable label={EXPLAIN.records} columns={COLUMNS} rows={rows} />;
}
