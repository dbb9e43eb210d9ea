/** Whom a rollover waits for, by name: for its sentences and the API. */
import { printTime, type Rollover } from "#contract";
import { dsMatches } from "#dnssec";
import { showKey } from "#keyplan";
import type { Deps } from "../deps.ts";
import type { Zone } from "../zone.ts";
import { publishes, type RollKeys, type Seeing, transferHas, whoAsksFor } from "./sight.ts";

export type WaitingOn = {
  /** Of the new key, as a record. */
  readonly ds: string;
  /** CDS and CDNSKEY ask the parent for keys of ours. */
  readonly asks: boolean;
  /** Other signers' nameservers: without the new ZSK, with it, and those that gave no answer. */
  readonly lack: readonly string[];
  readonly have: readonly string[];
  readonly silent: readonly string[];
  /** Unix seconds. */
  readonly askedAt: number | undefined;
  /** Whether the set that the primary brings has it; `none`: it brings none. */
  readonly transferred: "yes" | "no" | "none";
  /** KSK: whose CDS asks for the old one. */
  readonly askForOld: readonly string[];
};

export function waitingOn(zone: Zone, keys: RollKeys, { partners }: Seeing, deps: Deps): WaitingOn {
  const { phase } = zone.status;
  const sayings = partners?.sayings ?? [];
  const names = (has: boolean) =>
    sayings.filter((saying) => publishes(saying, keys.new) === has).map(({ name }) => name);
  const transferred = transferHas(zone, keys.new);
  return {
    ds: showKey(zone.apex, keys.new.dnskey, deps.crypto).ds,
    asks: phase === "pending" || phase === "active",
    lack: names(false),
    have: names(true),
    silent: (partners?.silent ?? []).map(({ name }) => name),
    askedAt: partners?.at,
    transferred: transferred === undefined ? "none" : transferred ? "yes" : "no",
    askForOld: keys.old.role === "ksk" ? whoAsksFor(zone, keys.old, partners, deps) : [],
  };
}

/** Other signers' nameservers as the API has them; undefined where there is none that is known. */
export function shownPartners(zone: Zone, keys: RollKeys, { partners }: Seeing, deps: Deps): Rollover["partners"] {
  if (!partners || zone.mode !== "multisigner") return undefined;
  const asked_time = printTime(partners.at * 1000);
  const has = ({ dnskey, cds }: { readonly dnskey: readonly Uint8Array[]; readonly cds: readonly Uint8Array[] }) =>
    keys.new.role === "zsk"
      ? publishes({ dnskey }, keys.new)
      : cds.some((each) => dsMatches(zone.apex, each, keys.new.dnskey, deps.crypto));
  return [
    ...partners.sayings.map((saying) => ({ name: saying.name, has_new_key: has(saying), asked_time, error: null })),
    ...partners.silent.map(({ name, fault }) => ({ name, has_new_key: null, asked_time, error: fault.text })),
  ];
}
