/** Answers explained: a worker answers and tells how; keys and serials are added here. */
import { bytesEqual } from "#bytes";
import {
  type ExplainQuery,
  type Explanation,
  type InsightService,
  type Outcome,
  printTime,
  type SelfCheck,
} from "#contract";
import { isSecureEntryPoint, keyTag } from "#dnssec";
import { drawChain, type ExplainedKey, explainReply } from "#insight";
import { buildQuery, EdnsFlag, parseMessage, queryEdns } from "#message";
import { isSubdomain, type Name, printName } from "#name";
import type { Explained } from "#publish";
import { typeCode } from "#rdata";
import type { ChainChecker } from "../chain-checker.ts";
import type { Deps } from "../deps.ts";
import type { Registry, Unit } from "../registry.ts";
import { readNameInZone } from "../typed-name.ts";
import { servedDnskeys } from "../zone-keys.ts";
import { withZone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

export function makeInsightService(registry: Registry, checker: ChainChecker, deps: Deps): InsightService {
  const last = (zoneId: string): Promise<Outcome<SelfCheck>> =>
    withZone(registry, zoneId, async (zone) => done((await checker.last(zone)) ?? (await checker.check(zone))));
  return {
    lastCheck: last,
    checkChain: (zoneId) => withZone(registry, zoneId, async (zone) => done(await checker.check(zone))),
    async drawChain(zoneId) {
      const check = await last(zoneId);
      return check.ok ? done(drawChain(check.value)) : check;
    },
    explainAnswer: (zoneId, query) =>
      withZone(registry, zoneId, async (zone) => {
        const asked = readQuestion(query, zone.apex);
        if (!asked.ok) return asked;
        const { name, type } = asked.value;
        const octets = buildQuery({ id: 0, name, type, edns: queryEdns(query.do ? EdnsFlag.DO : 0) });
        const explained = await deps.sender.explain(octets, query.transport);
        if (!explained) return refused("explain.no-worker");
        if (explained.forwarded) return refused("explain.not-answered", query.type, "/query/type");
        return explanationOf(zoneId, query, asked.value, explained, registry, deps);
      }),
  };
}

type Question = { readonly name: Name; readonly type: number };

function readQuestion(query: ExplainQuery, apex: Name): Outcome<Question> {
  const name = readNameInZone(query.name, apex);
  if (!name.ok) return refused("explain.name-invalid", query.name, "/query/name");
  if (!isSubdomain(name.value, apex)) return refused("explain.name-outside", query.name, "/query/name");
  const type = typeCode(query.type);
  if (type === undefined) return refused("explain.type-unknown", query.type, "/query/type");
  return done({ name: name.value, type });
}

function explanationOf(
  zoneId: string,
  query: ExplainQuery,
  { name, type }: Question,
  explained: Explained,
  registry: Registry,
  deps: Deps,
): Outcome<Explanation> {
  const message = parseMessage(explained.reply);
  // A worker's reply that can't be read is a fault of ours, and shows as one.
  if (!message.ok) throw new Error(`the reply for ${printName(name)} can't be read: ${message.error}`);
  const unit = explained.zone && registry.findUnit(explained.zone.zoneId);
  const { steps, signatures, made } = explained;
  const reply = explainReply({
    name,
    type,
    message: message.value,
    steps,
    signatures,
    made,
    apex: unit?.zone.apex,
    state: explained.zone?.state,
    live: explained.zone?.keyTag !== undefined,
    keys: unit ? keysOf(unit, deps) : [],
    now: deps.now(),
  });
  return done({
    name: printName(name),
    type: query.type.toUpperCase(),
    do: query.do,
    transport: query.transport,
    ...reply,
    zone: unit && explained.zone ? zoneOf(unit, explained.zone, unit.zone.id === zoneId) : null,
  });
}

function keysOf({ zone }: Unit, deps: Deps): ExplainedKey[] {
  return servedDnskeys(zone, deps.crypto).map((dnskey) => ({
    tag: keyTag(dnskey),
    role: isSecureEntryPoint(dnskey) ? "ksk" : "zsk",
    ours: zone.keys.some((key) => bytesEqual(key.dnskey, dnskey)),
  }));
}

/** Of another zone than the one asked about only what its answers show to everybody. */
function zoneOf({ zone, refresher }: Unit, served: NonNullable<Explained["zone"]>, same: boolean): Explanation["zone"] {
  const mode = zone.served?.mode ?? zone.mode;
  const signed = served.denial === "primary" && mode !== "presigned" ? "none" : served.denial;
  return {
    id: zone.id,
    name: zone.name,
    state: served.state,
    mode,
    denial: signed,
    serial: served.serial ?? null,
    generation: served.generation,
    stored_serial: same ? (zone.stored?.serial ?? null) : null,
    primary_serial: same ? refresher.note.primarySerial : null,
    transferred_time: same && zone.stored ? printTime(zone.stored.transferredAt) : null,
  };
}
