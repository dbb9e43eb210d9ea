/**
 * From what a catalog says and what is there to what has to be done (RFC 9432 sections 4.3.1 and 5.2 to 5.5). Pure, and the same
 * catalog twice plans nothing the second time: so a crash between any two steps is mended by planning anew.
 *
 * ```
 *                          ┌────────────── same catalog ──────────────┐┌──────────── elsewhere ────────────┐
 *  member in the catalog   member, same node   other node    kept       by hand    member, coo to us    kept    free
 *                          update if changed   reset         return     refused    migrate (reset if    reset   add
 *                                                                                  the node differs)
 *  not in the catalog      leave               leave         stays kept
 * ```
 */
import { isSubdomain, labelCount, type Name, nameKey, printName } from "#name";
import type { Catalog, CatalogMember } from "./read.ts";

export type KnownMember = {
  readonly zoneId: string;
  readonly catalogId: string;
  /** `nameKey` of the catalog. */
  readonly catalogKey: string;
  readonly zone: Name;
  readonly node: string;
  readonly groups: readonly string[];
  readonly coo: Name | undefined;
  /** It left its catalog and is kept for a while. */
  readonly kept: boolean;
};

export type PlanInput = {
  readonly catalogId: string;
  readonly catalogKey: string;
  readonly catalog: Catalog;
  readonly members: Iterable<KnownMember>;
  /** Who has this name: a member of whatever catalog, a zone that was made by hand, or nobody. */
  readonly claimOf: (zone: Name) => KnownMember | "by-hand" | undefined;
  /** Members have to be at or below one of these; empty: any name. */
  readonly allowed: readonly Name[];
};

export type PlannedStep =
  | { readonly kind: "add"; readonly member: CatalogMember }
  /** Groups or coo changed. */
  | { readonly kind: "update"; readonly known: KnownMember; readonly member: CatalogMember }
  /** Its state (data, keys) goes, and it begins anew (section 5.4). */
  | { readonly kind: "reset"; readonly known: KnownMember; readonly member: CatalogMember }
  | { readonly kind: "return"; readonly known: KnownMember; readonly member: CatalogMember }
  /** From another catalog, by its leave, with its state. */
  | { readonly kind: "migrate"; readonly known: KnownMember; readonly member: CatalogMember }
  | { readonly kind: "leave"; readonly known: KnownMember };

export type RefusalCode = "not-allowed" | "not-a-zone" | "exists" | "other-catalog" | "moved";

export type RefusedMember = {
  readonly member: CatalogMember;
  readonly code: RefusalCode;
  /** One sentence for the operator. */
  readonly text: string;
};

export function planCatalog(input: PlanInput): {
  readonly steps: readonly PlannedStep[];
  readonly refused: readonly RefusedMember[];
} {
  const steps: PlannedStep[] = [];
  const refused: RefusedMember[] = [];
  const own = new Map<string, KnownMember>();
  for (const known of input.members) own.set(nameKey(known.zone), known);
  for (const member of input.catalog.members) {
    const known = own.get(nameKey(member.zone));
    const refusal = refuse(member, input.allowed);
    if (refusal) {
      refused.push(refusal);
      continue;
    }
    own.delete(nameKey(member.zone));
    const outcome = known ? stepOf(known, member) : claim(member, input);
    if (outcome && "code" in outcome) refused.push(outcome);
    else if (outcome) steps.push(outcome);
  }
  for (const known of own.values()) if (!known.kept) steps.push({ kind: "leave", known });
  return { steps, refused };
}

function refuse(member: CatalogMember, allowed: readonly Name[]): RefusedMember | undefined {
  if (labelCount(member.zone) === 0) return { member, code: "not-a-zone", text: "the root is not taken as a member" };
  if (allowed.length === 0 || allowed.some((suffix) => isSubdomain(member.zone, suffix))) return undefined;
  const text = `${printName(member.zone)} is below none of the names that this catalog may bring`;
  return { member, code: "not-allowed", text };
}

/** A member of this very catalog. */
function stepOf(known: KnownMember, member: CatalogMember): PlannedStep | undefined {
  if (known.kept) return { kind: "return", known, member };
  if (known.node !== member.node) return { kind: "reset", known, member };
  const sameCoo = (known.coo && nameKey(known.coo)) === (member.coo && nameKey(member.coo));
  const sameGroups = known.groups.join("\0") === member.groups.join("\0");
  return sameCoo && sameGroups ? undefined : { kind: "update", known, member };
}

function claim(member: CatalogMember, input: PlanInput): PlannedStep | RefusedMember {
  const other = input.claimOf(member.zone);
  if (other === undefined) return { kind: "add", member };
  const name = printName(member.zone);
  if (other === "by-hand") {
    const text = `${name} exists already, made by hand: it is left alone (remove it there, and it comes from the catalog)`;
    return { member, code: "exists", text };
  }
  const isHandedBack = member.coo !== undefined && nameKey(member.coo) === other.catalogKey;
  // Each says that the other one has it: it would go to and fro with every look, so it stays where it is.
  if (other.coo && nameKey(other.coo) === input.catalogKey && !isHandedBack) {
    return { kind: other.node === member.node ? "migrate" : "reset", known: other, member };
  }
  // Removed there first: the way of section 5.5 without coo. What was kept of it belongs to the other owner.
  if (other.kept) return { kind: "reset", known: other, member };
  if (isHandedBack) {
    return { member, code: "moved", text: `${name} has moved to the catalog that its coo property names` };
  }
  const text = `${name} is a member of another catalog, which has not handed it over to this one (coo): it is left alone`;
  return { member, code: "other-catalog", text };
}
