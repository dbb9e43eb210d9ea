/**
 * Is an answer what a validator would accept? Every signed RRset of a reply is checked against the zone's DNSKEYs, and
 * those against the DS that the registrar would be given. (Denial proofs are delv's part: here only their signatures.)
 */
import { fail, ok, type Result } from "#bytes";
import { openCrypto } from "#crypto";
import { canonicalRdatas, dsMatches, isInWindow, keyTag, rrsigPreimage, signedOwner } from "#dnssec";
import { buildQuery, EdnsFlag, Flag, type Message, type MessageRecord, parseMessage, queryEdns } from "#message";
import { type Name, nameKey, printName } from "#name";
import { askTcp, askUdp, randomId, type SocketAddress } from "#net";
import { RRType, readRrsig, typeName } from "#rdata";

const ASK_MILLISECONDS = 3_000;
/** RDATA octets before the signer's name. */
const RRSIG_FIXED = 18;

const crypto = openCrypto();

/** With DO, over UDP, then over TCP when truncated. */
export async function ask(server: SocketAddress, name: Name, type: number): Promise<Message> {
  const query = buildQuery({ id: randomId(), name, type, edns: queryEdns(EdnsFlag.DO) });
  const options = { server, timeoutMs: ASK_MILLISECONDS };
  let answered = await askUdp(query, options);
  if (answered.ok && ((answered.value[2]! << 8) & Flag.TC) !== 0) answered = await askTcp(query, options);
  const what = `${printName(name)} ${typeName(type)}`;
  if (!answered.ok) throw new Error(`${what}: ${answered.error.code}`);
  const parsed = parseMessage(answered.value);
  if (!parsed.ok) throw new Error(`${what}: the answer is malformed (${parsed.error})`);
  return parsed.value;
}

/** The zone's DNSKEY RDATAs, when one that a DS speaks of has signed them all. */
export async function fetchTrustedKeys(
  server: SocketAddress,
  apex: Name,
  dsRdatas: readonly Uint8Array[],
): Promise<Result<readonly Uint8Array[], string>> {
  const reply = await ask(server, apex, RRType.DNSKEY);
  const keys = reply.answer.filter((record) => record.type === RRType.DNSKEY).map((record) => record.rdata!);
  const anchors = keys.filter((key) => dsRdatas.some((ds) => dsMatches(apex, ds, key, crypto)));
  if (anchors.length === 0) return fail("no DNSKEY that a DS speaks of");
  const problem = checkSection(reply.answer, anchors);
  return problem ? fail(problem) : ok(keys);
}

/** What is wrong with the signatures of a reply; undefined = all good. Referral NS and glue are unsigned by design. */
export function checkSignatures(reply: Message, keys: readonly Uint8Array[]): string | undefined {
  return checkSection(reply.answer, keys) ?? checkSection(reply.authority, keys);
}

function checkSection(records: readonly MessageRecord[], keys: readonly Uint8Array[]): string | undefined {
  const sets = Map.groupBy(
    records.filter((record) => record.type !== RRType.RRSIG),
    (record) => `${nameKey(record.owner)} ${record.type}`,
  );
  const isReferral =
    records.some((record) => record.type === RRType.NS) && !records.some((record) => record.type === RRType.SOA);
  for (const set of sets.values()) {
    const { owner, type } = set[0]!;
    if (type === RRType.NS && isReferral && !hasSignature(records, owner, type)) continue;
    const problem = checkSet(set, records, keys);
    if (problem) return `${printName(owner)} ${typeName(type)}: ${problem}`;
  }
  return undefined;
}

function hasSignature(records: readonly MessageRecord[], owner: Name, type: number): boolean {
  return signaturesOf(records, owner, type).length > 0;
}

function signaturesOf(records: readonly MessageRecord[], owner: Name, type: number): Uint8Array[] {
  return records
    .filter((record) => record.type === RRType.RRSIG && nameKey(record.owner) === nameKey(owner))
    .map((record) => record.rdata!)
    .filter((rdata) => readRrsig(rdata).typeCovered === type);
}

function checkSet(
  set: readonly MessageRecord[],
  records: readonly MessageRecord[],
  keys: readonly Uint8Array[],
): string | undefined {
  const { owner, type } = set[0]!;
  const signatures = signaturesOf(records, owner, type);
  if (signatures.length === 0) return "not signed";
  const rdatas = canonicalRdatas(
    type,
    set.map((record) => record.rdata!),
  );
  return signatures.some((signature) => verifies(signature, owner, type, rdatas, keys))
    ? undefined
    : "no signature verifies";
}

function verifies(
  rdata: Uint8Array,
  owner: Name,
  type: number,
  rdatas: readonly Uint8Array[],
  keys: readonly Uint8Array[],
): boolean {
  const rrsig = readRrsig(rdata);
  const signed = signedOwner(owner, rrsig.labels);
  if (!signed || !isInWindow(rrsig.inception, rrsig.expiration, Math.floor(Date.now() / 1000))) return false;
  const head = rdata.subarray(0, RRSIG_FIXED + rrsig.signer.length);
  const preimage = rrsigPreimage(head, signed, type, rrsig.originalTtl, rdatas);
  return keys.some(
    (key) => keyTag(key) === rrsig.keyTag && crypto.verify(rrsig.algorithm, key, preimage, rrsig.signature) === true,
  );
}
