/** A table of a few resources: a row each, its actions at the end; on small screens each row is a block with the names of its columns. */
import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

export type Column<T> = {
  readonly head: string;
  readonly cell: (row: T) => ReactNode;
  /** What it says may be longer than any column (data, addresses of the web): it breaks anywhere. Else words stay whole. */
  readonly long?: boolean;
  /** Numbers, which end below each other. */
  readonly isNumber?: boolean;
};

export type DataTableProps<T> = {
  /** What the rows are: "Peers". */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** Buttons of a row, and what their column is called by those who can't see it. */
  readonly actions?: { readonly head: string; readonly cell: (row: T) => ReactNode };
};

export function DataTable<T extends { readonly id: string }>({ label, columns, rows, actions }: DataTableProps<T>) {
  return (
    <div className={classes["frame"]}>
      <table className={classes["table"]} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head, isNumber }) => (
              <th key={head} scope="col" data-number={isNumber}>
                {head}
              </th>
            ))}
            {actions ? (
              <th scope="col">
                <span className="cs-hidden">{actions.head}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {columns.map(({ head, cell, long, isNumber }) => (
                <td key={head} data-head={head} data-long={long} data-number={isNumber}>
                  {cell(row)}
                </td>
              ))}
              {actions ? <td className={classes["actions"]}>{actions.cell(row)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
