/** Whether the parent's delegation, the zone's own NS records, and the nameservers that both name agree. */
import { bytesEqual } from "#bytes";
import { keyTag } from "#dnssec";
import { printName } from "#name";
import { RRType } from "#rdata";
import type { Say } from "./say.ts";
import type { SignedSet } from "./signatures.ts";

/** What one nameserver of the delegation said. */
export type ServerSaying = {
  readonly name: string;
  /** Undefined: its name has none. */
  readonly address: string | undefined;
  /** Undefined: it did not answer for the zone, `fault` says what it did. */
  readonly serial: number | undefined;
  readonly keys: readonly Uint8Array[] | undefined;
  readonly fault: string | undefined;
};

export type DelegationSeen = {
  readonly delegatedTo: readonly string[] | undefined;
  readonly ourServers: readonly string[];
  readonly servers: readonly ServerSaying[];
  readonly sets: readonly SignedSet[];
};

const plain = (name: string): string => name.replace(/\.$/, "").toLowerCase();

export function judgeDelegation({ delegatedTo, ourServers, sets }: DelegationSeen, say: Say): void {
  if (!delegatedTo) return;
  const parents = new Set(delegatedTo.map(plain));
  const ours = ourServers.filter((name) => parents.has(plain(name)));
  if (ours.length > 0) say("ok", "delegation.to-us", `the parent delegates to ${ours.join(", ")}`);
  else if (ourServers.length > 0) {
    const sentence = "the parent does not delegate the zone to us";
    say("warning", "delegation.not-to-us", sentence, `give the registrar our nameservers: ${ourServers.join(", ")}`);
  }
  const set = sets.find(({ type }) => type === RRType.NS);
  if (!set || parents.size === 0) return;
  const zones = new Set(set.rdatas.map((rdata) => plain(printName(rdata))));
  const onlyParent = [...parents].filter((name) => !zones.has(name));
  const onlyZone = [...zones].filter((name) => !parents.has(name));
  if (onlyParent.length + onlyZone.length === 0) return;
  const parts = [
    onlyParent.length > 0 ? [`only the parent names ${onlyParent.join(", ")}`] : [],
    onlyZone.length > 0 ? [`only the zone names ${onlyZone.join(", ")}`] : [],
  ].flat();
  const sentence = `the parent and the zone name different nameservers: ${parts.join("; ")}`;
  say(
    "warning",
    "delegation.names-differ",
    sentence,
    "let the NS records of the zone, at its primary, and the registrar's list be the same",
  );
}

export function judgeServers({ servers }: DelegationSeen, keys: readonly Uint8Array[], say: Say): void {
  for (const { name, address, serial, fault, keys: theirs } of servers) {
    const who = address === undefined ? name : `${name} (${address})`;
    if (serial === undefined) {
      const sentence = `${who} is named in the delegation and does not answer for the zone: ${fault ?? "no answer"}`;
      say("error", "delegation.lame", sentence, "set the zone up there, or take the nameserver out at the registrar");
      continue;
    }
    if (!theirs || keys.length === 0) continue;
    const lacking = (list: readonly Uint8Array[], from: readonly Uint8Array[]) =>
      from.filter((key) => !list.some((other) => bytesEqual(other, key))).map(keyTag);
    const lacks = lacking(theirs, keys);
    const advice = "give every signer the keys of all others";
    if (lacks.length > 0) {
      const sentence = `${who} does not publish key ${lacks.join(", ")}, which we do: answers of one do not validate with the keys of the other`;
      say("error", "multi-signer.key-missing", sentence, advice);
    }
    const more = lacking(keys, theirs);
    if (more.length > 0) {
      const sentence = `${who} publishes key ${more.join(", ")}, which we do not: answers of one do not validate with the keys of the other`;
      say("error", "multi-signer.key-unknown", sentence, advice);
    }
  }
}
