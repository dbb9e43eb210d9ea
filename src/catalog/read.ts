/**
 * Reads a catalog zone of version 2 (RFC 9432 section 4): its members with their groups and changes of ownership. What is not
 * known is ignored (custom properties, other types); a known property that is wrong makes the whole catalog broken, and a broken
 * catalog says nothing (section 5.1).
 *
 * ```
 * version.$CATZ             TXT  "2"            exactly one, or broken
 * <node>.zones.$CATZ        PTR  member         exactly one, or broken; one member at two nodes: broken
 * group.<node>.zones.$CATZ  TXT  value …        any number
 * coo.<node>.zones.$CATZ    PTR  other catalog  exactly one, or broken
 * *.ext…                                        ignored
 * ```
 */
import { fail, fromLatin1, ok, type Result, toLatin1 } from "#bytes";
import { appendLabel, isSubdomain, labelCount, lowerName, type Name, nameEquals, nameKey, printName } from "#name";
import { RRType } from "#rdata";
import type { RRset } from "#zone";

export type CatalogMember = {
  /** The label of the member node (`<unique-N>`), lower case, in presentation form. */
  readonly node: string;
  readonly zone: Name;
  /** In order; at most `MAX_GROUPS`. */
  readonly groups: readonly string[];
  /** The catalog that this one hands the member over to. */
  readonly coo: Name | undefined;
};

export type Catalog = { readonly members: readonly CatalogMember[] };

export type CatalogFaultCode =
  | "version-missing"
  | "version-several"
  | "version-unknown"
  | "member-several"
  | "member-twice"
  | "coo-several"
  | "too-many-members";

export type CatalogFault = { readonly code: CatalogFaultCode; readonly text: string };

/** Group values of one member that are looked at. */
export const MAX_GROUPS = 64;

const VERSION = "2";

/** Of a version that is another. */
const SHOWN_STRINGS = 4;

type Draft = { readonly node: string; zone?: Name; groups: string[]; coo?: Name };

/** `rrsets`: the whole zone in any order, each RRset once. */
export function readCatalog(apex: Name, rrsets: Iterable<RRset>, maxMembers: number): Result<Catalog, CatalogFault> {
  const under = (label: string, name: Name | undefined) => name && appendLabel(fromLatin1(label), name);
  const versionName = under("version", apex);
  const zonesName = under("zones", apex);
  // An apex so long that nothing fits below it holds no version.
  if (!versionName || !zonesName) return broken("version-missing", "there is no version property");
  let version: readonly Uint8Array[] = [];
  const drafts = new Map<string, Draft>();
  let pointed = 0;
  for (const { owner, type, rdatas } of rrsets) {
    if (type === RRType.TXT && nameEquals(owner, versionName)) version = rdatas;
    if ((type !== RRType.PTR && type !== RRType.TXT) || !isSubdomain(owner, zonesName)) continue;
    const place = placeOf(owner, labelCount(owner) - labelCount(zonesName));
    if (!place) continue;
    const draft = drafts.get(place.node) ?? { node: place.node, groups: [] };
    const fault = note(draft, place.property, type, rdatas);
    if (fault) return fault;
    drafts.set(place.node, draft);
    if (place.property === "" && type === RRType.PTR && ++pointed > maxMembers) {
      return broken("too-many-members", `more than ${maxMembers} members, which is the limit`);
    }
  }
  const wrongVersion = checkVersion(version);
  return wrongVersion ?? finish(drafts);
}

/** The node and property that an owner `depth` labels below `zones.$CATZ` stands for. */
function placeOf(owner: Name, depth: number): { readonly node: string; readonly property: string } | undefined {
  if (depth !== 1 && depth !== 2) return undefined;
  const property = depth === 2 ? toLatin1(lowerName(owner.subarray(1, 1 + owner[0]!))) : "";
  if (depth === 2 && property !== "group" && property !== "coo") return undefined;
  const start = depth === 2 ? 1 + owner[0]! : 0;
  const label = lowerName(owner.subarray(start, start + 1 + owner[start]!));
  return { node: printName(Uint8Array.of(...label, 0)).slice(0, -1), property };
}

function note(draft: Draft, property: string, type: number, rdatas: readonly Uint8Array[]) {
  if (property === "" && type === RRType.PTR) {
    if (rdatas.length !== 1) {
      return broken("member-several", `the member node ${draft.node} has ${rdatas.length} PTR records, one is right`);
    }
    draft.zone = rdatas[0]!;
  } else if (property === "coo" && type === RRType.PTR) {
    if (rdatas.length !== 1) {
      return broken("coo-several", `the coo property of ${draft.node} has ${rdatas.length} PTR records, one is right`);
    }
    draft.coo = rdatas[0]!;
  } else if (property === "group" && type === RRType.TXT) {
    draft.groups = rdatas.slice(0, MAX_GROUPS).map(textOf).sort();
  }
  return undefined;
}

function checkVersion(rdatas: readonly Uint8Array[]) {
  if (rdatas.length === 0) return broken("version-missing", "there is no version property: is this a catalog zone?");
  if (rdatas.length > 1) {
    return broken("version-several", `the version property has ${rdatas.length} records, one is right`);
  }
  // Section 4.2.1 knows the value "2" alone. Several strings are another value, whatever they make when put together.
  const strings = stringsOf(rdatas[0]!);
  if (strings.length === 1 && strings[0] === VERSION) return undefined;
  const shown = strings.slice(0, SHOWN_STRINGS).map((string) => JSON.stringify(string.slice(0, 20)));
  return broken("version-unknown", `the catalog is of version ${shown.join(" ")}, not "2"`);
}

function finish(drafts: ReadonlyMap<string, Draft>): Result<Catalog, CatalogFault> {
  const members: CatalogMember[] = [];
  const nodes = new Map<string, string>();
  for (const { node, zone, groups, coo } of drafts.values()) {
    // Properties without a member: nothing that concerns anybody.
    if (!zone) continue;
    const key = nameKey(zone);
    const other = nodes.get(key);
    if (other !== undefined) {
      return broken("member-twice", `${printName(zone)} is a member twice: at the nodes ${other} and ${node}`);
    }
    nodes.set(key, node);
    members.push({ node, zone, groups, coo });
  }
  return ok({ members });
}

/** The character-strings of a TXT RDATA, one behind the other. */
function textOf(rdata: Uint8Array): string {
  return stringsOf(rdata).join("");
}

function stringsOf(rdata: Uint8Array): readonly string[] {
  const strings: string[] = [];
  for (let at = 0; at < rdata.length; at += 1 + rdata[at]!)
    strings.push(toLatin1(rdata.subarray(at + 1, at + 1 + rdata[at]!)));
  return strings;
}

function broken(code: CatalogFaultCode, text: string): { ok: false; error: CatalogFault } {
  return fail({ code, text });
}
