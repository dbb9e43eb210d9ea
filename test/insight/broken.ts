/**
 * Zones whose chain of trust is broken, each in one way, and what is known of each: what DNSViz finds, what our check says.
 * Signed by BIND's tools, then broken in the text.
 */
import { createHash } from "node:crypto";
import { RRType, readRdata } from "#rdata";
import { getName } from "../live/world.ts";
import { LOOPBACK, type SignedZone, type SigningOptions, signZone } from "../peers/index.ts";

export const PARENT = "parent.example.";

export type BrokenCase = {
  readonly label: string;
  readonly sign?: Partial<SigningOptions>;
  /** Changes lines of the signed zone. */
  readonly break?: (text: string, zone: SignedZone) => string;
  /** What the parent has; the zone's own DS when left out. */
  readonly ds?: (zone: SignedZone, other: string) => readonly string[];
  /** ns2 serves it signed by another signer, with keys of its own. */
  readonly second?: true;
  /** Zone text before it is signed, behind SOA, NS and www. */
  readonly more?: string;
  /** Named in the delegation; ns1 when left out. */
  readonly servers?: readonly string[];
  /** DNSViz's codes, errors and warnings, all there are. */
  readonly viz: readonly string[];
  /** DNSViz's word on the delegation, which is about the keys alone. */
  readonly status: "SECURE" | "BOGUS" | "INSECURE";
  /** Our codes; warnings and errors, all there are. */
  readonly ours: readonly string[];
  readonly state: "secure" | "insecure" | "broken";
  /** Where we and DNSViz differ: who is right, by what. */
  readonly differs?: string;
};

const apexOf = (label: string): string => `${label}.${PARENT}`;
const lines = (text: string, change: (line: string) => string | undefined): string =>
  text
    .split("\n")
    .flatMap((line) => change(line) ?? [])
    .join("\n");
function change(text: string, pattern: RegExp, replace: (...found: string[]) => string): string {
  return lines(text, (line) => line.replace(pattern, replace));
}
const dropSignature = (type: string) => (text: string) =>
  lines(text, (line) => (new RegExp(`\\sRRSIG\\s+${type}\\s`).test(line) ? undefined : line));
const dsFields = (ds: string, change: (fields: string[]) => string[]): string => {
  const at = ds.indexOf(" DS ") + 4;
  const [tag, algorithm, digestType, ...digest] = ds.slice(at).trim().split(/\s+/);
  return ds.slice(0, at) + change([tag!, algorithm!, digestType!, digest.join("")]).join(" ");
};

/** The base32hex digits of a hash, the last one raised by one. */
function nextHash(head: string, last: string): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  return head + digits[Math.min(digits.indexOf(last) + 1, 31)]!;
}

function sha1Ds({ name, ksk }: SignedZone, ds: string): string {
  const key = readRdata(
    RRType.DNSKEY,
    ksk
      .slice(ksk.indexOf(" DNSKEY ") + 8)
      .trim()
      .split(/\s+/),
  );
  if (!key.ok) throw new Error(key.error);
  const digest = createHash("sha1").update(getName(name)).update(key.value).digest("hex");
  return dsFields(ds, ([tag, algorithm]) => [tag!, algorithm!, "1", digest]);
}

/** Of algorithm 8, in DNSKEY, and nobody signs with it: the root's of 2017. */
const RSA_KEY =
  "257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=";

/** DNSViz's word is about the delegation; where an RRset below good keys is at fault, it lists errors beside SECURE. */
const ONLY_KEYS =
  "DNSViz's status is about the delegation alone; its errors say what ours do: resolvers answer SERVFAIL for these sets";

export const CASES: readonly BrokenCase[] = [
  { label: "good", viz: [], status: "SECURE", ours: [], state: "secure" },
  { label: "good3", sign: { denial: "nsec3" }, viz: [], status: "SECURE", ours: [], state: "secure" },
  { label: "no-ds", ds: () => [], viz: [], status: "INSECURE", ours: ["ds.none"], state: "insecure" },
  {
    label: "other-key",
    ds: (_, other) => [other],
    viz: ["MISSING_SEP_FOR_ALG", "NO_SEP"],
    status: "BOGUS",
    ours: ["dnskey.not-by-ds-key", "ds.matches-no-key"],
    state: "broken",
  },
  {
    label: "wrong-digest",
    ds: ({ ds }) => [
      dsFields(ds, ([tag, algorithm, type, digest]) => [tag!, algorithm!, type!, digest!.replace(/.{8}$/, "00000000")]),
    ],
    viz: ["DIGEST_INVALID", "NO_SEP"],
    status: "BOGUS",
    ours: ["dnskey.not-by-ds-key", "ds.matches-no-key", "ds.wrong-digest"],
    state: "broken",
  },
  {
    label: "wrong-algorithm",
    ds: ({ ds }) => [dsFields(ds, ([tag, , type, digest]) => [tag!, "8", type!, digest!])],
    viz: ["MISSING_RRSIG_FOR_ALG_DS", "MISSING_SEP_FOR_ALG", "NO_SEP"],
    status: "BOGUS",
    ours: ["dnskey.not-by-ds-key", "ds.matches-no-key", "ds.other-algorithm"],
    state: "broken",
  },
  {
    label: "stale-ds",
    ds: ({ ds }, other) => [ds, other],
    viz: [],
    status: "SECURE",
    ours: [],
    state: "secure",
    differs: "we note ds.without-key: no fault (RFC 6840 section 5.11), but a DS that somebody forgot",
  },
  {
    label: "sha1-ds",
    ds: (zone) => [sha1Ds(zone, zone.ds)],
    viz: ["DIGEST_ALGORITHM_PROHIBITED"],
    status: "SECURE",
    ours: ["ds.weak-digest"],
    state: "secure",
  },
  {
    label: "expired",
    sign: { inception: "now-30d", expiration: "now-2d" },
    viz: ["EXPIRATION_IN_PAST", "NO_SEP"],
    status: "BOGUS",
    ours: ["signature.expired"],
    state: "broken",
  },
  {
    label: "early",
    sign: { inception: "now+2d", expiration: "now+30d" },
    viz: ["INCEPTION_IN_FUTURE", "NO_SEP"],
    status: "BOGUS",
    ours: ["signature.early"],
    state: "broken",
  },
  {
    label: "unsigned-keys",
    break: dropSignature("DNSKEY"),
    viz: ["MISSING_NSEC_FOR_NODATA", "MISSING_NSEC_FOR_NXDOMAIN", "MISSING_RRSIG", "MISSING_SEP_FOR_ALG", "NO_SEP"],
    status: "BOGUS",
    // NSD serves a zone without it as one that is not signed.
    ours: ["denial.missing", "dnskey.unsigned", "signature.missing"],
    state: "broken",
  },
  {
    label: "unsigned-soa",
    break: dropSignature("SOA"),
    viz: ["MISSING_RRSIG"],
    status: "SECURE",
    ours: ["signature.missing"],
    state: "broken",
    differs: ONLY_KEYS,
  },
  {
    label: "bad-soa",
    break: (text) =>
      change(text, /(\sRRSIG\s+SOA .*)(.)(.{6})$/, (_, head, one, tail) => `${head}${one === "A" ? "B" : "A"}${tail}`),
    viz: ["SIGNATURE_INVALID"],
    status: "SECURE",
    ours: ["signature.bad"],
    state: "broken",
    differs: ONLY_KEYS,
  },
  {
    label: "other-signer",
    break: (text) =>
      change(text, /(\sRRSIG\s+SOA .*)other-signer\.parent\.example\./, (_, head) => `${head}parent.example.`),
    viz: ["SIGNER_NOT_ZONE"],
    status: "SECURE",
    ours: ["signature.other-signer"],
    state: "broken",
    differs: ONLY_KEYS,
  },
  {
    label: "no-zsk",
    break: (text) => lines(text, (line) => (/\sDNSKEY\s+256 /.test(line) ? undefined : line)),
    viz: ["NO_SEP", "SIGNATURE_INVALID"],
    status: "BOGUS",
    ours: ["signature.bad", "signature.no-key"],
    state: "broken",
  },
  {
    label: "no-nsec",
    break: (text) => lines(text, (line) => (/\sNSEC\s|RRSIG\s+NSEC\s/.test(line) ? undefined : line)),
    viz: ["MISSING_NSEC_FOR_NODATA", "MISSING_NSEC_FOR_NXDOMAIN"],
    status: "SECURE",
    ours: ["denial.missing"],
    state: "broken",
    differs: ONLY_KEYS,
  },
  {
    label: "hole",
    sign: { denial: "nsec3" },
    // The apex's NSEC3 alone is left, up to the very next hash: it covers nothing.
    break: (text) =>
      lines(text, (line) => {
        const nsec3 = /^([0-9A-V]{31})([0-9A-V])(\.\S+\s.*\sNSEC3 1 0 0 -\s+)(\S+)(\s.*)$/.exec(line);
        if (nsec3 && / NS SOA /.test(line))
          return `${nsec3[1]}${nsec3[2]}${nsec3[3]}${nextHash(nsec3[1]!, nsec3[2]!)}${nsec3[5]}`;
        return nsec3 || /\sRRSIG\s+NSEC3\s/.test(line) ? undefined : line;
      }),
    viz: ["MISSING_RRSIG", "PROOF_HAS_A_HOLE"],
    status: "SECURE",
    ours: ["denial.incomplete", "signature.missing"],
    state: "broken",
    differs: ONLY_KEYS,
  },
  {
    label: "iterations",
    sign: { denial: "nsec3", iterations: 10, salt: "abcd" },
    viz: [],
    status: "SECURE",
    ours: ["nsec3.iterations"],
    state: "secure",
    differs:
      "DNSViz 0.9 is older than RFC 9276, whose sections 3.1 and 3.2 let resolvers treat such zones as insecure or refuse them",
  },
  {
    label: "ttl-raised",
    break: (text) =>
      change(text, /^(\S+\s+)3600(\s+IN\s+(SOA|RRSIG\s+SOA)\s)/, (_, head, tail) => `${head}7200${tail}`),
    viz: ["ORIGINAL_TTL_EXCEEDED"],
    status: "SECURE",
    ours: ["signature.ttl-raised"],
    state: "secure",
    differs: "a warning here: resolvers take the lower TTL and validate (RFC 4035 section 5.3.3)",
  },
  {
    label: "ttl-beyond",
    sign: { inception: "now-1h", expiration: "now+1800" },
    viz: ["TTL_BEYOND_EXPIRATION"],
    status: "SECURE",
    ours: ["signature.expires-soon", "signature.ttl-beyond-end"],
    state: "secure",
    differs: "a warning here: resolvers cut the TTL to the signature's end (RFC 4035 section 5.3.3)",
  },
  {
    label: "two-algorithms",
    more: `@ 3600 IN DNSKEY ${RSA_KEY}`,
    viz: ["MISSING_RRSIG_FOR_ALG_DNSKEY"],
    status: "SECURE",
    ours: ["algorithm.not-signed"],
    state: "secure",
    differs: "a warning here: resolvers must not insist on it (RFC 6840 section 5.11), some did",
  },
  {
    label: "lame",
    servers: ["ns1", "ns2"],
    viz: ["NO_SEP", "SERVER_NOT_AUTHORITATIVE"],
    status: "BOGUS",
    ours: ["delegation.lame"],
    state: "secure",
    differs:
      "resolvers ask the other server when one does not answer for the zone: slow, not bogus (test of chain.test.ts: delv validates)",
  },
  {
    label: "two-signers",
    servers: ["ns1", "ns2"],
    second: true,
    viz: [],
    status: "SECURE",
    ours: ["multi-signer.key-missing", "multi-signer.key-unknown"],
    state: "secure",
    differs:
      "DNSViz takes the keys of all servers together; a resolver has those of one (test/multisigner: before the ZSKs are exchanged, answers are bogus to those who have the other's DNSKEY set)",
  },
  {
    label: "names",
    servers: ["ns1", "ns3"],
    viz: [],
    status: "SECURE",
    ours: ["delegation.names-differ"],
    state: "secure",
    differs:
      "DNSViz is told the servers by hand here, and compares no names then; RFC 1034 section 4.2.2 wants them the same",
  },
];

export type BrokenZone = {
  readonly name: string;
  readonly text: string;
  /** As the other signer has it. */
  readonly secondText: string | undefined;
  readonly ds: readonly string[];
  readonly servers: readonly string[];
};

export function makeBroken(one: BrokenCase): BrokenZone {
  const name = apexOf(one.label);
  const servers = one.servers ?? ["ns1"];
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1.${PARENT} hostmaster 1 3600 600 86400 300
${servers
  .filter((server) => server !== "ns3")
  .map((server) => `@ 3600 IN NS ${server}.${PARENT}`)
  .join("\n")}
www 300 IN A 192.0.2.1
${one.more ?? ""}
`;
  const options: SigningOptions = { denial: "nsec", ...one.sign };
  const signed = signZone({ name, text }, options);
  const second = one.second ? signZone({ name, text }, options) : undefined;
  const own = second ? [signed.ds, second.ds] : [signed.ds];
  return {
    name,
    text: one.break?.(signed.text, signed) ?? signed.text,
    secondText: second?.text,
    ds: one.ds?.(signed, otherDs(name)) ?? own,
    servers,
  };
}

/** Of a key that no zone here has. */
function otherDs(name: string): string {
  return `${name} IN DS 12345 13 2 ${"0123456789ABCDEF".repeat(4)}`;
}

/** `more`: delegations and DS of other zones. */
export function parentText(serial: number, zones: readonly BrokenZone[], more: readonly string[]): string {
  const delegations = zones.flatMap(({ name, ds, servers }) => [
    ...servers.map((server) => `${name} 60 IN NS ${server}.${PARENT}`),
    ...ds,
  ]);
  return `$ORIGIN ${PARENT}
@ 60 IN SOA ns hostmaster ${serial} 3600 600 86400 60
@ 60 IN NS ns
ns 60 IN A ${LOOPBACK}
ns1 60 IN A ${LOOPBACK}
ns2 60 IN A ${LOOPBACK}
ns3 60 IN A ${LOOPBACK}
${[...delegations, ...more].join("\n")}
`;
}
