/**
 * The chain of trust as a picture, in the manner of dnsviz: DS above, then keys, then what they sign; an arrow from each DS to its
 * key and from each key to what it signs; the parent's and the zone's own stand in a frame each, with what the parent delegates to. Colour never stands alone: what is bad is dashed and crossed, what is missing is dotted.
 * Plain SVG without scripts; every text is escaped; light and dark by the reader's own setting.
 */
import type { ChainLink, ChainNode, SelfCheck } from "#contract";

const WIDTH = 132;
const HEIGHT = 44;
const GAP_X = 20;
const GAP_Y = 58;
const MARGIN = 24;
const HEAD = 76;
/** More nodes than this in a row are left out, and a line says so. */
const MAX_IN_ROW = 24;

const STYLE = `
svg{color-scheme:light dark;font:13px system-ui,sans-serif}
.n{fill:#fff;stroke:#2f6f4f;stroke-width:1.5}.t{fill:#1d2327;text-anchor:middle}.h{fill:#4a5560}
.l{fill:none;stroke:#2f6f4f;stroke-width:1.5}.bad{stroke:#b3261e;stroke-dasharray:7 4}.missing{stroke:#6b7280;stroke-dasharray:2 4}
.s{font-size:11px}.f{fill:none;stroke:#9aa4ad;stroke-dasharray:1 3}.x{stroke:#b3261e;stroke-width:2}.ours{stroke-width:3}
@media (prefers-color-scheme:dark){.n{fill:#1b2126;stroke:#7fc8a0}.t{fill:#e8ecef}.h{fill:#aab4bd}.l{stroke:#7fc8a0}.bad{stroke:#ff8a80}.missing{stroke:#9aa4ad}.x{stroke:#ff8a80}}`;

type Place = { readonly x: number; readonly y: number };

export function drawChain(check: SelfCheck): string {
  const rows = (["ds", "ksk", "zsk", "rrset"] as const)
    .map((kind) => check.nodes.filter((node) => node.kind === kind))
    .filter((row) => row.length > 0);
  const widest = Math.max(3, ...rows.map((row) => Math.min(row.length, MAX_IN_ROW)));
  const width = 2 * MARGIN + widest * WIDTH + (widest - 1) * GAP_X;
  const height = HEAD + 2 * MARGIN + Math.max(1, rows.length) * (HEIGHT + GAP_Y) - GAP_Y;
  const places = new Map<string, Place>();
  const boxes = rows.flatMap((row, i) => {
    const shown = row.slice(0, MAX_IN_ROW);
    const left = (width - shown.length * WIDTH - (shown.length - 1) * GAP_X) / 2;
    return shown.map((node, j) => {
      const place = { x: left + j * (WIDTH + GAP_X), y: HEAD + MARGIN + i * (HEIGHT + GAP_Y) };
      places.set(node.id, place);
      return drawNode(node, place);
    });
  });
  const arrows = check.links.map((link) => drawLink(link, places.get(link.from), places.get(link.to)));
  const missing = rows.reduce((sum, row) => sum + Math.max(0, row.length - MAX_IN_ROW), 0);
  const note =
    missing > 0 ? `<text class="h" x="${MARGIN}" y="${height - 6}">${missing} more are not shown</text>` : "";
  const findings = check.findings.filter(({ severity }) => severity === "error" || severity === "warning");
  const description = [check.summary, ...findings.map(({ sentence }) => sentence)].join(". ");
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title id="t">${escaped(`Chain of trust of ${check.name}: ${check.state}`)}</title>
<desc id="d">${escaped(description)}</desc>
<style>${STYLE}</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>
<text class="t" x="${width / 2}" y="28">${escaped(cut(`${check.name}: ${check.state}`, 60))}</text>
${frames(check, rows, width, height)}${arrows.join("")}${boxes.join("")}${note}
</svg>
`;
}

/** Around the parent's row and around the zone's, each with a title; the delegation under the parent's. */
function frames(check: SelfCheck, rows: readonly (readonly ChainNode[])[], width: number, height: number): string {
  const parents = rows[0]?.[0]?.side === "parent" ? 1 : 0;
  const bottom = HEAD + MARGIN + parents * (HEIGHT + GAP_Y) - GAP_Y / 2 - 4;
  const frame = (title: string, top: number, end: number): string =>
    `<rect class="f" x="8" y="${top}" width="${width - 16}" height="${end - top}" rx="8"/><text class="h s" x="16" y="${top + 15}">${escaped(cut(title, 72))}</text>\n`;
  const told = check.findings.find(({ code }) => code === "delegation.to-us" || code === "delegation.not-to-us");
  const above = [parents ? [] : ["no DS"], told ? [told.sentence.replace("the parent ", "")] : []].flat().join("; ");
  const [parentTop, zoneTop] = [HEAD - 30, parents ? bottom : HEAD - 2];
  return (
    frame(`parent${above === "" ? "" : `: ${above}`}`, parentTop, zoneTop - 4) +
    frame(`zone: ${check.name}, ${check.mode}`, zoneTop, height - 8)
  );
}

/** DS: cut corners. KSK: two outlines. ZSK: an oval. RRsets: a box. */
function drawNode(node: ChainNode, { x, y }: Place): string {
  const css = `n${node.state === "good" ? "" : ` ${node.state}`}${node.ours ? " ours" : ""}`;
  const oval = (inset: number): string =>
    `<rect class="${css}" x="${x + inset}" y="${y + inset}" width="${WIDTH - 2 * inset}" height="${HEIGHT - 2 * inset}" rx="${HEIGHT / 2 - inset}"/>`;
  const shapes: Readonly<Record<ChainNode["kind"], string>> = {
    ds: `<path class="${css}" d="M${x + 10} ${y}H${x + WIDTH - 10}L${x + WIDTH} ${y + HEIGHT / 2}L${x + WIDTH - 10} ${y + HEIGHT}H${x + 10}L${x} ${y + HEIGHT / 2}z"/>`,
    ksk: oval(0) + oval(4),
    zsk: oval(0),
    rrset: `<rect class="${css}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="3"/>`,
  };
  const cross = node.state === "bad" ? crossAt(x + WIDTH - 8, y + 8) : "";
  const middle = x + WIDTH / 2;
  const label = `<text class="t" x="${middle}" y="${y + HEIGHT / 2 + (node.note === "" ? 5 : -2)}">${escaped(cut(node.label, 18))}</text>`;
  const note =
    node.note === ""
      ? ""
      : `<text class="t s" x="${middle}" y="${y + HEIGHT / 2 + 13}">${escaped(cut(node.note, 18))}</text>`;
  return `<g><title>${escaped(`${node.detail}: ${node.state}`)}</title>${shapes[node.kind]}${cross}${label}${note}</g>\n`;
}

function drawLink(link: ChainLink, from: Place | undefined, to: Place | undefined): string {
  if (!from || !to) return "";
  const [x1, x2] = [from.x + WIDTH / 2, to.x + WIDTH / 2];
  const [y1, y2] = from.y < to.y ? [from.y + HEIGHT, to.y] : [from.y, to.y + HEIGHT];
  const middle = (y1 + y2) / 2;
  const css = `l${link.state === "good" ? "" : ` ${link.state}`}`;
  const cross = link.state === "bad" ? crossAt((x1 + x2) / 2, middle) : "";
  const path = `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2 - (y2 > y1 ? 2 : -2)}`;
  return `<g><title>${escaped(link.detail)}</title><path class="${css}" marker-end="url(#a)" d="${path}"/>${cross}</g>\n`;
}

function crossAt(x: number, y: number): string {
  return `<path class="x" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Names come from outside: nothing of them is markup. Control characters are no XML at all. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[\p{Cc}\ufffe\uffff]/gu, " ").replace(/[&<>"']/g, (one) => entities[one]!);
}
