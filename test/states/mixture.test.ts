/**
 * Modes switched as fast as the API takes it, with new versions from the primary in between: every answer, by UDP and by TCP,
 * is the answer of one mode and of one version, whole; and once the API has answered, of the new one.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyTag } from "#dnssec";
import { decodeReply, type Reply, type Rr } from "../differential/decode.ts";
import { makeRandom } from "../differential/questions.ts";
import {
  type Countersign,
  LOOPBACK,
  makeDirectory,
  missingPrograms,
  type Peer,
  queryTcp,
  queryUdp,
  removeDirectory,
  startCountersign,
  startKnot,
} from "../peers/index.ts";
import { SignatureChecker } from "./verify.ts";
import { makeZoneSigner } from "./zone-signer.ts";

const missing = missingPrograms("knotd", "dnssec-signzone");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const ZONE = "switch.example.";
const TYPE = { A: 1, SOA: 6, MX: 15, TXT: 16, DS: 43, RRSIG: 46, NSEC: 47, DNSKEY: 48, NSEC3: 50, CDS: 59 } as const;
const NOERROR = 0;
const NXDOMAIN = 3;

const ROUNDS = 60;

/** What a server can be, told by its answers alone. */
type Kind = "unsigned" | "compact" | "nsec3" | "chain" | "presigned";

/** Each edit leads to this kind from wherever the zone is. */
const SWITCHES: readonly { readonly kind: Kind; readonly multi: boolean; readonly edits: readonly Edit[] }[] = [
  { kind: "compact", multi: false, edits: live({}, "compact") },
  { kind: "nsec3", multi: false, edits: live({ dnssec_use_nsec3: true }, "compact") },
  { kind: "chain", multi: false, edits: live({}, "chain") },
  { kind: "compact", multi: true, edits: live({ dnssec_multi_signer: true }, "compact") },
  { kind: "nsec3", multi: true, edits: live({ dnssec_multi_signer: true, dnssec_use_nsec3: true }, "chain") },
  { kind: "chain", multi: true, edits: live({ dnssec_multi_signer: true }, "chain") },
  { kind: "presigned", multi: false, edits: [{ dnssec: flags({ dnssec_presigned: true }, true) }] },
  { kind: "unsigned", multi: false, edits: [{ dnssec: { status: "disabled" } }, "delete"] },
];

type Edit = { readonly dnssec?: object; readonly settings?: object } | "delete";

function flags(on: object, enable: boolean): object {
  const off = { dnssec_presigned: false, dnssec_multi_signer: false, dnssec_use_nsec3: false };
  return { ...(enable ? { status: "active" } : {}), ...off, ...on };
}

function live(on: object, denial: "compact" | "chain"): readonly Edit[] {
  return [{ settings: { denial } }, { dnssec: flags(on, true) }];
}

/** Several workers take a new version over within milliseconds of each other; a single one never goes back. */
describe.skipIf(missing.length > 0).each([1, 3])(`no mixture, UDP workers: %i${leftOut}`, (workers) => {
  const directory = makeDirectory("mixture");
  const signer = makeZoneSigner(join(directory, "keys"), ZONE);
  const theirTags = new Set(signer.dnskeys.map((line) => keyTag(dnskeyRdata(line))));
  let primary: Peer;
  let product: Countersign;
  let id = "";
  let serial = 1;

  beforeAll(async () => {
    product = await startCountersign({ env: { COUNTERSIGN_WORKERS: String(workers) } });
    primary = await startKnot({ zones: [version()], notify: [{ address: LOOPBACK, port: product.port }] });
    id = await product.addZone({ name: ZONE, primary, mode: "unsigned" });
    await product.served(id, ZONE);
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
    removeDirectory(directory);
  });

  function version() {
    return { name: ZONE, text: signer.sign(zoneText(serial)) };
  }
  const apply = async (edits: readonly Edit[]): Promise<void> => {
    for (const edit of edits) {
      if (edit === "delete") await product.call("DELETE", `/client/v4/zones/${id}/dnssec`);
      else if (edit.settings) await product.call("PATCH", `/countersign/v1/zones/${id}/settings`, edit.settings);
      else if (edit.dnssec) await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, edit.dnssec);
    }
  };

  test(`${ROUNDS} switches at random, a new version at every sixth`, async () => {
    const random = makeRandom(11);
    const checker = new SignatureChecker();
    const wrong: string[] = [];
    let answers = 0;
    let asking = true;
    const listeners = [queryUdp, queryTcp].map(async (query) => {
      let newest = 0;
      while (asking) {
        for (const [label, type] of QUESTIONS) {
          const octets = await query(product, { name: label + ZONE, type, edns: { do: true } });
          const reply = decodeReply(octets);
          checker.add(reply);
          answers++;
          const said = classify(reply, label, type, theirTags);
          if (typeof said === "string") wrong.push(`${label} ${type}: ${said}`);
          const versions = versionsIn(reply);
          if (workers === 1 && versions.some((each) => each < newest))
            wrong.push(`${label} ${type}: ${versions} after ${newest}`);
          newest = Math.max(newest, ...versions);
        }
      }
    });
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const next = SWITCHES[Math.floor(random() * SWITCHES.length)]!;
      if (round % 6 === 5) {
        serial++;
        await primary.replaceZone(version());
      }
      await apply(next.edits);
      const { served, phase, held } = await atRest(product, id);
      expect([phase, held]).toEqual(["idle", null]);
      const now = await askKind(product, theirTags);
      expect(now, `round ${round}, ${JSON.stringify(next)}`).toEqual([next.kind, next.multi]);
      if (round % 6 === 5) await product.served(id, ZONE, serial);
      seen.add(`${next.kind} ${next.multi}`);
      expect(served).not.toBeNull();
    }
    asking = false;
    await Promise.all(listeners);
    expect(wrong).toEqual([]);
    expect(seen.size).toBe(SWITCHES.length);
    expect(answers).toBeGreaterThan(500);
    expect(checker.check()).toEqual([]);
    expect(checker.count).toBeGreaterThan(100);
  });
});

/** Positive with a serial in it, alias, wildcard, no such name, no such type, empty non-terminal, cut, keys. */
const QUESTIONS = [
  ["www.", TYPE.TXT],
  ["alias.", TYPE.TXT],
  ["any.wild.", TYPE.TXT],
  ["missing.", TYPE.A],
  ["www.", TYPE.MX],
  ["ent.", TYPE.A],
  ["host.cut.", TYPE.A],
  ["", TYPE.DNSKEY],
  ["", TYPE.CDS],
] as const;

/** Serials in the answer: of the SOA, and in the TXT records. */
function versionsIn(reply: Reply): number[] {
  return [...reply.answer, ...reply.authority].flatMap(({ type, rdata }) => {
    if (type === TYPE.SOA) return [Number.parseInt(rdata.slice(-40, -32), 16)];
    const text = type === TYPE.TXT ? /serial (\d+)/.exec(Buffer.from(rdata, "hex").toString("latin1")) : undefined;
    return text ? [Number(text[1])] : [];
  });
}

/** The kinds of server that can have given this answer, or what makes it an answer of none. */
function classify(reply: Reply, label: string, type: number, theirs: ReadonlySet<number>): Kind[] | string {
  const all = [...reply.answer, ...reply.authority];
  const signatures = all.filter((rr) => rr.type === TYPE.RRSIG);
  const tags = signatures.map((rr) => theirs.has(Number.parseInt(rr.rdata.slice(32, 36), 16)));
  const denials = new Set(all.filter((rr) => rr.type === TYPE.NSEC || rr.type === TYPE.NSEC3).map((rr) => rr.type));
  if (reply.rcode !== NOERROR && reply.rcode !== NXDOMAIN) return `rcode ${reply.rcode}`;
  if (signatures.length === 0) {
    if (denials.size > 0) return "denial without signatures";
    const asked = label === "missing." ? NXDOMAIN : NOERROR;
    // A cut without DS under pre-signed or live signing has an NSEC; nothing at all is unsigned.
    return reply.rcode === asked ? ["unsigned"] : `unsigned, rcode ${reply.rcode}`;
  }
  if (new Set(tags).size > 1) return "signatures of both signers";
  if (denials.size > 1) return "NSEC and NSEC3";
  const unsignedSets = all.filter((rr) => rr.type !== TYPE.RRSIG && !isCovered(rr, signatures) && !(rr.type === 2));
  if (unsignedSets.length > 0) return `not signed: ${unsignedSets.map((rr) => rr.type).join(" ")}`;
  if (tags[0]) return denials.has(TYPE.NSEC3) ? "theirs with NSEC3" : ["presigned"];
  if (label === "missing.") return missingKind(reply, all);
  if (type === TYPE.TXT && label === "any.wild.") {
    return denials.size === 0 ? ["compact"] : denials.has(TYPE.NSEC3) ? ["nsec3"] : ["chain"];
  }
  return denials.has(TYPE.NSEC3)
    ? ["nsec3"]
    : denials.has(TYPE.NSEC)
      ? ["compact", "chain"]
      : ["compact", "nsec3", "chain"];
}

function missingKind(reply: Reply, all: readonly Rr[]): Kind[] | string {
  const nsec3 = all.filter((rr) => rr.type === TYPE.NSEC3).length;
  if (nsec3 > 0) return reply.rcode === NXDOMAIN ? ["nsec3"] : "NSEC3 and NOERROR";
  const nsec = all.filter((rr) => rr.type === TYPE.NSEC);
  const isCompact = nsec.length === 1 && nsec[0]!.owner.startsWith("076d697373696e67");
  if (isCompact) return reply.rcode === NOERROR ? ["compact"] : "compact and NXDOMAIN";
  return reply.rcode === NXDOMAIN ? ["chain"] : "chain and NOERROR";
}

function isCovered(rr: Rr, signatures: readonly Rr[]): boolean {
  return signatures.some((each) => each.owner === rr.owner && Number.parseInt(each.rdata.slice(0, 4), 16) === rr.type);
}

/** What the product is now, from several answers together: its kind, and whether it publishes the primary's keys beside its own. */
async function askKind(product: Countersign, theirs: ReadonlySet<number>): Promise<[Kind | string, boolean]> {
  let kinds: Kind[] = ["unsigned", "compact", "nsec3", "chain", "presigned"];
  for (const [label, type] of QUESTIONS) {
    const octets = await queryUdp(product, { name: label + ZONE, type, edns: { do: true } });
    const said = classify(decodeReply(octets), label, type, theirs);
    if (typeof said === "string") return [`${label} ${type}: ${said}`, false];
    // Nothing at the apex of this type: CDS of a pre-signed zone whose primary has none.
    kinds = kinds.filter((kind) => said.includes(kind));
  }
  const keys = await queryUdp(product, { name: ZONE, type: TYPE.DNSKEY, edns: { do: true } });
  const published = decodeReply(keys).answer.filter((rr) => rr.type === TYPE.DNSKEY);
  const tags = published.map((rr) => keyTag(Buffer.from(rr.rdata, "hex")));
  const multi = tags.some((tag) => theirs.has(tag)) && tags.some((tag) => !theirs.has(tag));
  return [kinds.length === 1 ? kinds[0]! : `one of ${kinds.join(", ") || "none"}`, multi];
}

async function atRest(product: Countersign, id: string) {
  for (let attempt = 0; ; attempt++) {
    const { phase, held, serials } = await product.status(id);
    if (phase === "idle" || attempt > 200) return { phase, held, served: serials.served };
  }
}

function zoneText(serial: number): string {
  return `$TTL 60
${ZONE} IN SOA ns1.${ZONE} hostmaster.${ZONE} ${serial} 3600 600 86400 60
${ZONE} IN NS ns1.${ZONE}
ns1.${ZONE} IN A 192.0.2.53
www.${ZONE} IN TXT "serial ${serial}"
alias.${ZONE} IN CNAME www.${ZONE}
*.wild.${ZONE} IN TXT "serial ${serial}"
below.ent.${ZONE} IN A 192.0.2.2
cut.${ZONE} IN NS ns.elsewhere.example.
`;
}

function dnskeyRdata(line: string): Uint8Array {
  const [flags, protocol, algorithm, ...key] = line.split(/\s+/).slice(line.split(/\s+/).indexOf("DNSKEY") + 1);
  return Buffer.concat([
    Buffer.from([Number(flags) >> 8, Number(flags) & 255, Number(protocol), Number(algorithm)]),
    Buffer.from(key.join(""), "base64"),
  ]);
}
