/**
 * One attempt to get a newer version from one primary: what has changed (IXFR) where there is a base for it, else, or when
 * anything about the changes is wrong, the whole zone (AXFR), from the same primary, in the same attempt.
 *
 * ```
 *  base? ── no ──────────────────────────────────────────────────────────────▶ AXFR ─▶ version
 *    │ yes                                                                      ▲
 *    ▼            a whole zone came after all ─────────────────▶ version        │
 *   IXFR ─┬─ changes ─▶ applied to the stored image ─┬─ fit ─▶ (sample) ─▶ version
 *         │                                          └─ do not fit ────────────▶│ refused, with the reason
 *         ├─ refused: an RCODE, a broken chain, another base, an older serial ─▶│
 *         ├─ nothing newer ─▶ unchanged                   (straight at a NOTIFY's word: AXFR only when the SOA, asked now, is newer)
 *         └─ the network failed ─▶ failed: the next primary is asked
 * ```
 * A failed signature (TSIG) falls back, too: a primary whose long incremental answers are signed wrongly must not leave
 * the zone stale; who it is, AXFR asks again.
 */
import { fail, ok, type Result } from "#bytes";
import { ZoneImage } from "#image";
import type { Name } from "#name";
import type { TlsFacts } from "#net";
import { serialNewer, ttlsDiffered, type ZoneChange, type ZoneLimits, ZoneVersion } from "#zone";
import type { Deps } from "./deps.ts";
import { imageAt } from "./image-at.ts";
import { apexSoaRdata } from "./image-facts.ts";
import { postChanges } from "./posted-changes.ts";
import {
  askSoa,
  type Primary,
  primaryText,
  type TalkOptions,
  type TransferLimits,
  type TransferReport,
  transferZone,
} from "./primary-client.ts";
import type { Arrival, StoredVersion } from "./versions.ts";
import type { Fault } from "./work.ts";

export type FetchOrder = {
  readonly zoneId: string;
  /** Without the final dot. */
  readonly name: string;
  readonly apex: Name;
  readonly primary: Primary;
  /** IXFR from here; undefined: AXFR. */
  readonly base: StoredVersion | undefined;
  /** At the word of a NOTIFY alone, which is good for a question and not for a whole zone (RFC 1996 section 3.7). */
  readonly straight: boolean;
  readonly limits: TransferLimits;
  readonly talk: TalkOptions;
};

export type Fetched = {
  readonly result: Result<Arrival | "unchanged", Fault>;
  readonly asked: "axfr" | "ixfr";
  /** What came; `soa`: that there is nothing newer. */
  readonly got: "axfr" | "ixfr" | "soa" | null;
  /** Why an IXFR became an AXFR. */
  readonly fallback: Fault | undefined;
  /** Of both, when there were two. */
  readonly messages: number;
  readonly records: number;
  readonly octets: number;
  /** What the last handshake showed. */
  readonly tls: TlsFacts | undefined;
  /** EDNS EXPIRE of what came (RFC 7314): how long the primary's own copy holds. */
  readonly expireLeftSeconds?: number | undefined;
};

export async function fetchVersion(order: FetchOrder, deps: Deps): Promise<Fetched> {
  if (!order.base) return fetchWhole(order, "axfr", undefined, NOTHING);
  const begun = deps.nowMs();
  const { fetched, fallback } = await fetchChanges(order, order.base, deps);
  if (!fallback) return fetched;
  if (order.straight && !(await hasNewer(order, order.base.serial, deps))) return fetched;
  deps.log.info({ zone: order.name, primary: primaryText(order.primary), reason: fallback }, "IXFR falls back to AXFR");
  return fetchWhole({ ...order, limits: rest(order.limits, deps.nowMs() - begun) }, "ixfr", fallback, fetched);
}

async function hasNewer(order: FetchOrder, serial: number, deps: Deps): Promise<boolean> {
  const { apex, primary, talk } = order;
  // By TCP: over that it has just answered.
  const answer = await askSoa(apex, primary, "tcp", deps.settings().checkSeconds * 1000, talk);
  return answer.kind === "serial" && serialNewer(answer.serial, serial);
}

/** An attempt that did not get so far as to ask. */
export function notFetched(asked: Fetched["asked"], fault: Fault): Fetched {
  return { result: fail(fault), asked, got: null, fallback: undefined, ...NOTHING };
}

/** What of it stands in the record of the attempt. */
export function fetchedFacts({ asked, got, fallback, result, messages, records, octets }: Fetched) {
  const error = result.ok ? undefined : result.error;
  const arrival = result.ok && result.value !== "unchanged" ? result.value : undefined;
  return {
    kind: asked,
    got,
    fallbackCode: fallback?.code ?? null,
    fallbackMessage: fallback?.text ?? null,
    serialAfter: arrival?.serial ?? null,
    messages,
    records,
    octets,
    errorCode: error?.code ?? null,
    errorMessage: error?.text ?? null,
  };
}

type Counts = Pick<Fetched, "messages" | "records" | "octets" | "tls">;

const NOTHING: Counts = { messages: 0, records: 0, octets: 0, tls: undefined };

async function fetchWhole(
  order: FetchOrder,
  asked: Fetched["asked"],
  fallback: Fault | undefined,
  before: Counts,
): Promise<Fetched> {
  const { apex, primary, limits, talk } = order;
  const report = await transferZone(apex, primary, limits, talk);
  const about = { asked, fallback, ...sum(before, report) };
  if (!report.result.ok) return { ...about, result: report.result, got: null };
  if (report.result.value.kind !== "done") throw new Error("an AXFR brought no zone");
  const { zone, expireLeftSeconds } = report.result.value;
  return { ...about, result: ok(wholeArrival(zone, primary)), got: "axfr", expireLeftSeconds };
}

type ChangesFetched = { readonly fetched: Fetched; readonly fallback?: Fault };

async function fetchChanges(order: FetchOrder, base: StoredVersion, deps: Deps): Promise<ChangesFetched> {
  const { apex, primary, limits, talk } = order;
  const from = { serial: base.serial, soa: apexSoaRdata(base.image) };
  const report = await transferZone(apex, primary, limits, talk, from);
  const about = { asked: "ixfr", fallback: undefined, ...sum(NOTHING, report) } as const;
  const { result } = report;
  if (!result.ok) {
    const fetched = { ...about, result, got: null };
    return fallsBack(result.error) ? { fetched, fallback: result.error } : { fetched };
  }
  const expireLeftSeconds = result.value.kind === "current" ? undefined : result.value.expireLeftSeconds;
  switch (result.value.kind) {
    case "current":
      return { fetched: { ...about, result: ok("unchanged"), got: "soa" } };
    case "done":
      return {
        fetched: { ...about, result: ok(wholeArrival(result.value.zone, primary)), got: "axfr", expireLeftSeconds },
      };
    case "changes": {
      const changed = { ...about, got: "ixfr", expireLeftSeconds } as const;
      const overlaid = await overlayOver(base, result.value.changes, primary, limits.zone, deps);
      if (overlaid) return checkSample(order, { ...changed, result: ok(overlaid) }, overlaid, deps);
      const applied = await applyTo(base, result.value.changes, limits.zone, deps);
      if (!applied.ok) return { fetched: { ...about, result: applied, got: "ixfr" }, fallback: applied.error };
      const { changes } = result.value;
      const origin = { peer: primary.id, exact: !ttlsDiffered(applied.value) };
      const version = applied.value;
      const arrival: Arrival = { serial: version.serial, version, overlaid: undefined, changes, base, origin };
      return checkSample(order, { ...changed, result: ok(arrival) }, arrival, deps);
    }
  }
}

/** The quick way: what changes is written behind the stored image. Undefined where that can't be, and the slow way has the word. */
async function overlayOver(
  base: StoredVersion,
  changes: readonly ZoneChange[],
  primary: Primary,
  limits: ZoneLimits,
  deps: Deps,
): Promise<Arrival | undefined> {
  const order = { ...imageAt(base.image), changes: postChanges(changes), treatment: "as-is", limits } as const;
  const made = await deps.jobs.run<"overlay">({ kind: "overlay", ...order });
  if (!made.ok) {
    deps.log.debug({ serial: base.serial, reason: made.error }, "no overlay: the whole zone is compiled");
    return undefined;
  }
  const { root, touched, problems } = made.value;
  // It will be held, and then it should be there to be looked at: as a whole.
  if (problems.errors.length > 0) return undefined;
  const image = new ZoneImage(base.image.buffer, root);
  // Records of one set have one TTL, or there would be no overlay.
  const origin = { peer: primary.id, exact: true };
  const overlaid = { base, image, touched, problems };
  return { serial: image.serial, version: undefined, overlaid, changes, base, origin };
}

/** The slow way: every record of the base is taken in hand. */
async function applyTo(
  base: StoredVersion,
  changes: readonly ZoneChange[],
  limits: ZoneLimits,
  deps: Deps,
): Promise<Result<ZoneVersion, Fault>> {
  const job = { ...imageAt(base.image), changes: postChanges(changes), limits };
  const columns = await deps.jobs.run<"apply">({ kind: "apply", ...job });
  return columns.ok ? ok(ZoneVersion.open(columns.value)) : columns;
}

/**
 * On a sample, what changes led to is compared with an AXFR of the same serial. A primary that is further on by then, or out
 * of reach, proves nothing. Where they differ the AXFR is taken.
 */
async function checkSample(order: FetchOrder, fetched: Fetched, arrival: Arrival, deps: Deps): Promise<ChangesFetched> {
  if (deps.random() * 100 >= deps.settings().ixfrCheckPercent) return { fetched };
  const { apex, primary, limits, talk, name, zoneId } = order;
  const report = await transferZone(apex, primary, limits, talk);
  const counted = { ...fetched, ...sum(fetched, report) };
  const { result } = report;
  if (!result.ok || result.value.kind !== "done" || result.value.zone.serial !== arrival.serial) {
    deps.log.info({ zone: name, serial: arrival.serial }, "an IXFR could not be compared with an AXFR");
    return { fetched: counted };
  }
  const whole = result.value.zone;
  const ours = await wholeOf(arrival, limits.zone, deps);
  if (!ours.ok) return { fetched: { ...counted, result: ours, got: "ixfr" }, fallback: ours.error };
  const columns = { ours: ours.value.columns, theirs: whole.columns };
  const difference = await deps.jobs.run<"compare">({ kind: "compare", ...columns });
  if (difference === undefined) return { fetched: counted };
  const text = `serial ${whole.serial} by IXFR is not what it is by AXFR: ${difference}`;
  const message = `${name}: ${text}; the AXFR is taken. ${primaryText(primary)} sends wrong changes, or they are applied wrongly here`;
  const detail = { serial: whole.serial, peer: primary.id };
  deps.events.add({ zoneId, zone: name, level: "error", code: "transfer.ixfr-differs", message, detail });
  const fallback = { code: "transfer.ixfr-differs", text };
  return { fetched: { ...counted, result: ok(wholeArrival(whole, primary)), got: "axfr", fallback } };
}

/** Every record of what came: of an overlay by the slow way without any change. */
async function wholeOf(arrival: Arrival, limits: ZoneLimits, deps: Deps): Promise<Result<ZoneVersion, Fault>> {
  if (arrival.version) return ok(arrival.version);
  const job = { ...imageAt(arrival.overlaid!.image), changes: [], limits };
  const columns = await deps.jobs.run<"apply">({ kind: "apply", ...job });
  return columns.ok ? ok(ZoneVersion.open(columns.value)) : columns;
}

function wholeArrival(version: ZoneVersion, primary: Primary): Arrival {
  const origin = { peer: primary.id, exact: !ttlsDiffered(version) };
  const { serial } = version;
  return { serial, version, overlaid: undefined, changes: undefined, base: undefined, origin };
}

/** Whether a failure says something about the changes. What the network does to an IXFR it does to an AXFR, too. */
function fallsBack({ code }: Fault): boolean {
  return !code.startsWith("net.") && !code.startsWith("tls.");
}

/** Both transfers are one attempt: they share its time. */
function rest(limits: TransferLimits, passedMs: number): TransferLimits {
  return { ...limits, totalTimeoutMs: Math.max(limits.connectTimeoutMs, limits.totalTimeoutMs - passedMs) };
}

function sum(before: Counts, report: TransferReport): Counts {
  return {
    messages: before.messages + report.messages,
    records: before.records + report.records,
    octets: before.octets + report.octets,
    tls: report.tls ?? before.tls,
  };
}
