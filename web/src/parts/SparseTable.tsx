/** A table of any length that scrolls with the page: rows are drawn where one looks, and their data comes page by page. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef, useState } from "react";
import classes from "./SparseTable.module.css";
import { useSight } from "./useSight.ts";

export type SparseTableProps<T> = {
  /** What the table is, with its number: "1,234 records"; said to screen readers when it changes. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly total: number;
  readonly rowAt: (index: number) => T | undefined;
  readonly onSight: (first: number, last: number) => void;
  /** Pixels; each row has just this height. */
  readonly rowHeight: number;
  /** Sets `grid-template-columns` of heads and rows. */
  readonly gridClass: string | undefined;
  /** A cell for each column. */
  readonly cells: (row: T) => readonly ReactNode[];
};

const OVERSCAN = 10;

/** Browsers draw no page higher than some 33 million pixels. */
const MAX_PIXELS = 28_000_000;

export function mostRows(rowHeight: number): number {
  return Math.floor(MAX_PIXELS / rowHeight);
}

export function SparseTable<T>(props: SparseTableProps<T>) {
  const { label, columns, total, rowAt, onSight, rowHeight, gridClass, cells } = props;
  const list = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // What stands above may grow or go (a filter that wraps): the place of the first row is measured at each drawing.
  useEffect(() => {
    const top = list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0;
    setMargin((now) => (Math.abs(now - top) > 1 ? top : now));
  });
  const virtual = useWindowVirtualizer({
    count: Math.min(total, mostRows(rowHeight)),
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: margin,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows is another layout.
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const [firstShown, lastShown] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useSight({ first: firstShown, last: lastShown, count: total }, onSight);
  return (
    <div>
      <p className={classes["label"]} role="status">
        {label}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by coordinates, which elements of tables do not take. */}
      <div className={classes["frame"]} role="table" aria-label={label} aria-rowcount={total + 1}>
        {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: it is read, not used. */}
        <div className={`${classes["heads"]} ${gridClass}`} role="row" aria-rowindex={1}>
          {columns.map((column) => (
            // biome-ignore lint/a11y/useSemanticElements: see above.
            // biome-ignore lint/a11y/useFocusableInteractive: it is read, not used.
            <span key={column} role="columnheader">
              {column}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
        <div ref={list} className={classes["rows"]} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rowAt(item.index);
            return (
              // biome-ignore lint/a11y/useSemanticElements: see above.
              // biome-ignore lint/a11y/useFocusableInteractive: it is read, not used.
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-busy={row === undefined}
                className={`${classes["row"]} ${gridClass}`}
                style={{ height: item.size, transform: `translateY(${item.start - margin}px)` }}
              >
                {(row === undefined ? columns.map(() => "…") : cells(row)).map((cell, i) => (
                  // biome-ignore lint/a11y/useSemanticElements: see above.
                  <div key={columns[i]} role="cell" className={classes["cell"]}>
                    {cell}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
