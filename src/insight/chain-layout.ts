/**
 * Where each part of the picture stands. What the chain hangs by is at the left, what it protects at the right, so that no arrow from a KSK
 * passes behind a ZSK that has nothing to do with it, and a narrow screen shows the chain first:
 *
 *   DS  DS
 *   KSK KSK
 *                        ZSK  ZSK
 *   DNSKEY CDS CDNSKEY   SOA  NS  NSEC
 */
import type { ChainNode, SelfCheck } from "#contract";

export const WIDTH = 156;
export const HEIGHT = 48;
export const GAP_X = 16;
export const GAP_Y = 52;
export const MARGIN = 24;
/** More nodes than these in a row of a block are left out, and a line says so. */
const MAX_IN_BLOCK = 24;

export type Place = { readonly x: number; readonly y: number };

export type Layout = {
  readonly places: ReadonlyMap<string, Place>;
  readonly shown: readonly ChainNode[];
  readonly leftOut: number;
  readonly width: number;
  /** Below the last row. */
  readonly bottom: number;
  /** Whether the first row is the parent's. */
  readonly hasParent: boolean;
};

type Row = { readonly left: readonly ChainNode[]; readonly right: readonly ChainNode[] };

/** `top`: where the first row begins. */
export function layOut({ nodes, links }: SelfCheck, top: number): Layout {
  const of = (kind: ChainNode["kind"]) => nodes.filter((node) => node.kind === kind);
  const zsks = of("zsk");
  const byKsk = new Set(links.filter(({ from }) => of("ksk").some(({ id }) => id === from)).map(({ to }) => to));
  const isData = ({ id }: ChainNode) => zsks.length > 0 && !byKsk.has(id);
  const rows: readonly Row[] = [
    { left: of("ds"), right: [] },
    { left: of("ksk"), right: [] },
    { left: [], right: zsks },
    { left: of("rrset").filter((node) => !isData(node)), right: of("rrset").filter(isData) },
  ].filter(({ left, right }) => left.length + right.length > 0);
  const widest = (block: "left" | "right") =>
    Math.min(MAX_IN_BLOCK, Math.max(0, ...rows.map((row) => row[block].length)));
  const columns = Math.max(2, widest("left") + widest("right"));
  const places = new Map<string, Place>();
  const shown: ChainNode[] = [];
  rows.forEach((row, i) => {
    for (const block of ["left", "right"] as const) {
      row[block].slice(0, MAX_IN_BLOCK).forEach((node, j) => {
        const column = j + (block === "right" ? widest("left") : 0);
        places.set(node.id, { x: MARGIN + column * (WIDTH + GAP_X), y: top + i * (HEIGHT + GAP_Y) });
        shown.push(node);
      });
    }
  });
  return {
    places,
    shown,
    leftOut: nodes.length - shown.length,
    width: 2 * MARGIN + columns * (WIDTH + GAP_X) - GAP_X,
    bottom: top + Math.max(1, rows.length) * (HEIGHT + GAP_Y) - GAP_Y,
    hasParent: rows[0]?.left[0]?.side === "parent",
  };
}
