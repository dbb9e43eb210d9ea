/** A page of the account's things: what they are, the table, and the dialogs that make, change and remove one. */
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { CallFailed } from "../fetch/result.ts";
import { COMMON } from "../texts/common.ts";
import { type Column, DataTable } from "./DataTable.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { ErrorNote } from "./ErrorNote.tsx";
import { Icon } from "./Icon.tsx";
import { Loading } from "./Loading.tsx";

export type ResourceTexts = {
  readonly title: string;
  readonly lead: string;
  /** On the button that makes one. */
  readonly add: string;
  readonly failed: string;
  readonly none: { readonly title: string; readonly text: string };
};

type Read<T> = {
  readonly data: readonly T[] | undefined;
  readonly error: CallFailed | null;
  readonly refetch: () => unknown;
};

export type ResourceListProps<T> = {
  readonly texts: ResourceTexts;
  readonly read: Read<T>;
  readonly columns: readonly Column<T>[];
  /** By what a row is called. */
  readonly nameOf: (row: T) => string;
  readonly mayChange: boolean;
  /** Beside Edit and Delete. */
  readonly more?: (row: T) => ReactNode;
  /** `row` undefined: a new one. */
  readonly form: (row: T | undefined, close: () => void) => ReactNode;
  readonly remove: (row: T, close: () => void) => ReactNode;
  readonly heading: (actions: ReactNode) => ReactNode;
  /** 3 where the list is a part of a page. */
  readonly order?: 2 | 3;
};

type Dialog<T> = { readonly kind: "form"; readonly row: T | undefined } | { readonly kind: "remove"; readonly row: T };

export function ResourceList<T extends { readonly id: string }>(props: ResourceListProps<T>) {
  const { texts, read, mayChange } = props;
  const [dialog, setDialog] = useState<Dialog<T>>();
  const close = () => setDialog(undefined);
  const add = mayChange ? (
    <Button leftSection={<Icon name="plus" />} onClick={() => setDialog({ kind: "form", row: undefined })}>
      {texts.add}
    </Button>
  ) : null;
  return (
    <>
      {props.heading(read.data && read.data.length > 0 ? add : null)}
      {read.error ? (
        <ErrorNote title={texts.failed} failure={read.error.failure} again={() => void read.refetch()} />
      ) : read.data === undefined ? (
        <Loading what={texts.title} />
      ) : read.data.length === 0 ? (
        <EmptyState {...texts.none} heading={props.order ?? 2}>
          {add}
        </EmptyState>
      ) : (
        <ResourceTable {...props} rows={read.data} open={setDialog} />
      )}
      {dialog?.kind === "form" ? props.form(dialog.row, close) : null}
      {dialog?.kind === "remove" ? props.remove(dialog.row, close) : null}
    </>
  );
}

function ResourceTable<T extends { readonly id: string }>({
  texts,
  columns,
  rows,
  nameOf,
  mayChange,
  more,
  open,
}: ResourceListProps<T> & { readonly rows: readonly T[]; readonly open: (dialog: Dialog<T>) => void }) {
  const actions = (row: T) => (
    <>
      {more?.(row)}
      {mayChange ? (
        <>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={COMMON.editOne(nameOf(row))}
            onClick={() => open({ kind: "form", row })}
          >
            {COMMON.edit}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={COMMON.deleteOne(nameOf(row))}
            onClick={() => open({ kind: "remove", row })}
          >
            {COMMON.delete}
          </Button>
        </>
      ) : null}
    </>
  );
  const withActions = mayChange || more !== undefined;
  return (
    <DataTable
      label={texts.title}
      columns={columns}
      rows={rows}
      {...(withActions && { actions: { head: COMMON.actions, cell: actions } })}
    />
  );
}
