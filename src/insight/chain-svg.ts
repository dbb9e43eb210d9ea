/**
 * The chain of trust as a picture, in the manner of dnsviz: DS above, then keys, then what they sign; an arrow from each DS to its
 * key and from each key to what it signs; the parent's and the zone's own stand in a frame each, with what the parent delegates to, and
 * below is what each shape and line means. Colour never stands alone: what is bad is dashed and crossed, what is missing is dotted.
 * Plain SVG without scripts; every text is escaped; light and dark by the reader's own setting.
 */
import { ALGORITHM_NAMES, type ChainLink, type ChainNode, type SelfCheck } from "#contract";
import { GAP_Y, HEIGHT, type Layout, layOut, MARGIN, type Place, WIDTH } from "./chain-layout.ts";

const HEAD = 96;

const STYLE = `
svg{color-scheme:light dark;font:13px system-ui,sans-serif}
.n{fill:#fff;stroke:#2f6f4f;stroke-width:1.5}.t{fill:#1d2327;text-anchor:middle}.h{fill:#4a5560}.b{fill:#1d2327;font-weight:600;font-size:15px}
.l{fill:none;stroke:#2f6f4f;stroke-width:1.5}.bad{stroke:#b3261e;stroke-dasharray:7 4}.missing{stroke:#6b7280;stroke-dasharray:2 4}
.s{font-size:11px}.f{fill:none;stroke:#9aa4ad;stroke-dasharray:1 3}.x{stroke:#b3261e;stroke-width:2}.ours{stroke-width:3}
@media (prefers-color-scheme:dark){.n{fill:#1b2126;stroke:#7fc8a0}.t,.b{fill:#e8ecef}.h{fill:#aab4bd}.l{stroke:#7fc8a0}.bad{stroke:#ff8a80}.missing{stroke:#9aa4ad}.x{stroke:#ff8a80}}`;

/** What a validating resolver makes of it, in a line. */
const HEADINGS: Readonly<Record<SelfCheck["state"], string>> = {
  secure: "Whole: resolvers can check every answer",
  insecure: "No chain: resolvers check nothing",
  broken: "Broken: resolvers that check refuse the zone",
  unknown: "Not known: not all could be asked",
};

export function drawChain(check: SelfCheck): string {
  const layout = layOut(check, HEAD + MARGIN);
  const { places, shown, leftOut } = layout;
  const boxes = shown.map((node) => drawNode(node, places.get(node.id)!));
  const arrows = check.links.map((link) => drawLink(link, places.get(link.from), places.get(link.to)));
  const legend = drawLegend(check, layout.bottom + 2 * MARGIN);
  const height = legend.bottom + (leftOut > 0 ? 20 : 0);
  const note =
    leftOut > 0 ? `<text class="h" x="${MARGIN}" y="${height - 6}">${leftOut} more are not shown</text>` : "";
  const findings = check.findings.filter(({ severity }) => severity === "error" || severity === "warning");
  const description = [check.summary, ...findings.map(({ sentence }) => sentence)].join(". ");
  const width = Math.max(layout.width, legend.width);
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title id="t">${escaped(`Chain of trust of ${check.name}: ${check.state}`)}</title>
<desc id="d">${escaped(description)}</desc>
<style>${STYLE}</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>
<text class="b" x="16" y="24">${escaped(cut(`Chain of trust of ${check.name}`, Math.floor((width - 32) / 9)))}</text>
<text class="h" x="16" y="44">${HEADINGS[check.state]}</text>
${frames(check, layout, width)}${arrows.join("")}${boxes.join("")}${legend.svg}${note}
</svg>
`;
}

/** Around the parent's row and around the zone's, each with a title where no arrow passes: the parent's above its row, the zone's below all. */
function frames(check: SelfCheck, { hasParent, bottom }: Layout, width: number): string {
  const frame = (title: string, top: number, end: number, line: number): string =>
    `<rect class="f" x="8" y="${top}" width="${width - 16}" height="${end - top}" rx="8"/><text class="h s" x="16" y="${line}">${escaped(cut(title, Math.floor((width - 32) / 6)))}</text>\n`;
  const told = check.findings.find(({ code }) => code === "delegation.to-us" || code === "delegation.not-to-us");
  const above = [hasParent ? [] : ["no DS"], told ? [told.sentence.replace("the parent ", "")] : []].flat().join("; ");
  const parentTop = HEAD - 34;
  const zoneTop = hasParent ? HEAD + MARGIN + HEIGHT + GAP_Y / 2 - 6 : HEAD - 6;
  return (
    frame(`parent${above === "" ? "" : `: ${above}`}`, parentTop, zoneTop - 4, parentTop + 15) +
    frame(`zone: ${check.name}, ${check.mode}`, zoneTop, bottom + MARGIN, bottom + MARGIN - 6)
  );
}

type Entry = { readonly words: string; readonly sign: string };

const [SIGN_WIDTH, SIGN_HEIGHT, ENTRY_WIDTH, ENTRY_HEIGHT] = [34, 16, 172, 24];

/** What shapes and lines mean, two beside each other: it is read on a phone without pushing the picture to and fro. */
function drawLegend(
  check: SelfCheck,
  top: number,
): { readonly svg: string; readonly width: number; readonly bottom: number } {
  const has = (state: ChainNode["state"]) => [...check.nodes, ...check.links].some((each) => each.state === state);
  const aimless = check.nodes.some(({ kind, state }) => kind === "ds" && state === "missing");
  const shape = (kind: ChainNode["kind"], css = "") => drawShape(kind, `n${css}`, 0, 0, SIGN_WIDTH, SIGN_HEIGHT);
  const line = (css: string, more = "") => `<path class="l${css}" marker-end="url(#a)" d="M0 8H${SIGN_WIDTH}"/>${more}`;
  const entries: readonly Entry[] = [
    { words: "DS at the parent", sign: shape("ds") },
    { words: "key signing key", sign: shape("ksk") },
    { words: "zone signing key", sign: shape("zsk") },
    { words: "records", sign: shape("rrset") },
    { words: "thick: made here", sign: shape("zsk", " ours") },
    { words: "vouches for, holds", sign: line("") },
    ...(has("bad") ? [{ words: "does not hold", sign: line(" bad", crossAt(SIGN_WIDTH / 2 - 3, 8)) }] : []),
    ...(aimless ? [{ words: "leads to no key", sign: shape("ds", " missing") }] : []),
    ...(has("missing") && !aimless ? [{ words: "not signed", sign: shape("rrset", " missing") }] : []),
  ];
  const drawn = entries.map(({ words, sign }, i) => {
    const [x, y] = [16 + (i % 2) * ENTRY_WIDTH, top + Math.floor(i / 2) * ENTRY_HEIGHT];
    return `<g transform="translate(${x} ${y})">${sign}<text class="h s" x="${SIGN_WIDTH + 10}" y="12">${words}</text></g>\n`;
  });
  const named = algorithmsOf(check).map((text, i) => {
    const y = top + Math.ceil(entries.length / 2) * ENTRY_HEIGHT + i * 18 + 12;
    return `<text class="h s" x="16" y="${y}">${escaped(text)}</text>\n`;
  });
  const bottom = top + Math.ceil(entries.length / 2) * ENTRY_HEIGHT + named.length * 18 + 12;
  return { svg: [...drawn, ...named].join(""), width: 16 + 2 * ENTRY_WIDTH, bottom };
}

/** `alg 13: ECDSAP256SHA256`, of each algorithm that stands in the picture. */
function algorithmsOf({ nodes }: SelfCheck): readonly string[] {
  const numbers = new Set(nodes.flatMap(({ note }) => /\balg (\d{1,3})\b/.exec(note)?.[1] ?? []));
  return [...numbers].flatMap((number) => {
    const [, mnemonic] = ALGORITHM_NAMES[number] ?? [];
    return mnemonic === undefined ? [] : [`alg ${number}: ${mnemonic}`];
  });
}

/** DS: cut corners. KSK: two outlines. ZSK: an oval. RRsets: a box. */
function drawShape(kind: ChainNode["kind"], css: string, x: number, y: number, width: number, height: number): string {
  const oval = (inset: number): string =>
    `<rect class="${css}" x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${height / 2 - inset}"/>`;
  const tip = Math.min(10, height / 3);
  const shapes: Readonly<Record<ChainNode["kind"], string>> = {
    ds: `<path class="${css}" d="M${x + tip} ${y}H${x + width - tip}L${x + width} ${y + height / 2}L${x + width - tip} ${y + height}H${x + tip}L${x} ${y + height / 2}z"/>`,
    ksk: oval(0) + oval(Math.min(4, height / 5)),
    zsk: oval(0),
    rrset: `<rect class="${css}" x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>`,
  };
  return shapes[kind];
}

function drawNode(node: ChainNode, { x, y }: Place): string {
  const css = `n${node.state === "good" ? "" : ` ${node.state}`}${node.ours ? " ours" : ""}`;
  const cross = node.state === "bad" ? crossAt(x + WIDTH - 8, y + 8) : "";
  const middle = x + WIDTH / 2;
  const label = `<text class="t" x="${middle}" y="${y + HEIGHT / 2 + (node.note === "" ? 5 : -2)}">${escaped(cut(node.label, 20))}</text>`;
  const note =
    node.note === ""
      ? ""
      : `<text class="t s" x="${middle}" y="${y + HEIGHT / 2 + 13}">${escaped(cut(node.note, 24))}</text>`;
  const shape = drawShape(node.kind, css, x, y, WIDTH, HEIGHT);
  return `<g><title>${escaped(`${node.detail}: ${node.state}`)}</title>${shape}${cross}${label}${note}</g>\n`;
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
