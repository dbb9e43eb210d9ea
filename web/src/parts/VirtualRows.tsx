/** A long list that scrolls with the page: only rows in sight are in the document. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useSight } from "./useSight.ts";
import classes from "./VirtualRows.module.css";

type Look = {
  /** What the list is, with its number: "1,234 zones"; shown above it. */
  readonly label: string;
  /** Pixels; each row has just this height unless `measured`. */
  readonly rowHeight: number;
  /** Rows may be taller than `rowHeight`: they are measured when drawn. */
  readonly measured?: boolean;
  /** Above the rows, as wide as they are: names of columns. */
  readonly head?: ReactNode;
};

export type VirtualRowsProps<T> = Look & {
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string | number;
  readonly children: (row: T, index: number) => ReactNode;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
};

/** More is asked for when fewer rows than these are left below. */
const AHEAD = 30;

/** Rows that come page after page from the top: more are asked for before the end is reached. */
export function VirtualRows<T>({ rows, rowKey, children, hasMore, onMore, ...look }: VirtualRowsProps<T>) {
  return (
    <SparseRows
      {...look}
      count={rows.length}
      countIsFinal={!hasMore}
      rowKey={(index) => rowKey(rows[index]!)}
      onRange={(_, last) => {
        if (hasMore && last >= rows.length - AHEAD) onMore?.();
      }}
    >
      {(index) => children(rows[index]!, index)}
    </SparseRows>
  );
}

export type SparseRowsProps = Look & {
  readonly count: number;
  readonly countIsFinal?: boolean;
  readonly rowKey: (index: number) => string | number;
  /** The row of this place, or what stands there until it comes. */
  readonly children: (index: number) => ReactNode;
  /** First and last row in sight, whenever they change. */
  readonly onRange?: (first: number, last: number) => void;
};

/** As many rows beyond those in sight are drawn. */
const OVERSCAN = 6;

/** Rows that may be asked for at any place: one can jump to the 90,000th. */
export function SparseRows(props: SparseRowsProps) {
  const { label, count, countIsFinal = true, rowHeight, measured, head, rowKey, children, onRange } = props;
  const list = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: rowKey,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows is another layout.
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useSight({ first, last, count }, onRange);
  return (
    <div>
      <p className={classes["label"]} role="status">
        {label}
      </p>
      <div className={classes["frame"]}>
        {head}
        {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by coordinates; a list element would have to own them all. */}
        <div className={classes["rows"]} role="list" ref={list} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            // biome-ignore lint/a11y/useSemanticElements: see above.
            <div
              key={item.key}
              role="listitem"
              aria-setsize={countIsFinal ? count : -1}
              aria-posinset={item.index + 1}
              data-index={item.index}
              ref={measured ? virtual.measureElement : undefined}
              data-fixed={measured ? undefined : true}
              className={classes["row"]}
              style={{
                height: measured ? undefined : item.size,
                transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
              }}
            >
              {children(item.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
