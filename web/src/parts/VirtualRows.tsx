/** A long list that scrolls with the page: only rows in sight are in the document, and more are asked for before the end is reached. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./VirtualRows.module.css";

export type VirtualRowsProps<T> = {
  /** What the list is, with its number: "1,234 zones"; shown above it. */
  readonly label: string;
  readonly rows: readonly T[];
  /** Pixels; each row has just this height unless `measured`. */
  readonly rowHeight: number;
  /** Rows may be taller than `rowHeight`: they are measured when drawn. */
  readonly measured?: boolean;
  readonly rowKey: (row: T) => string | number;
  readonly children: (row: T, index: number) => ReactNode;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
};

/** As many rows beyond those in sight are drawn. */
const OVERSCAN = 12;
/** More is asked for when fewer rows than these are left below. */
const AHEAD = 30;

export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { label, rows, rowHeight, measured, rowKey, children, hasMore, onMore } = props;
  const list = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => rowKey(rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - AHEAD) onMore?.();
  }, [hasMore, onMore, lastShown, rows.length]);
  return (
    <div>
      <p className={classes["label"]} role="status">
        {label}
      </p>
      <div className={classes["frame"]} ref={list}>
        {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by coordinates; a list element would have to own them all. */}
        <div className={classes["rows"]} role="list" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            // biome-ignore lint/a11y/useSemanticElements: see above.
            <div
              key={item.key}
              role="listitem"
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              ref={measured ? virtual.measureElement : undefined}
              className={classes["row"]}
              style={{
                height: measured ? undefined : item.size,
                transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
              }}
            >
              {children(rows[item.index]!, item.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
