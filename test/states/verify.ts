/** Signatures of algorithm 13 checked without a line of the product's: RFC 4034 section 3.1.8.1 over decoded replies. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Reply, Rr } from "../differential/decode.ts";

const RRSIG = 46;
const DNSKEY = 48;
/** RRSIG RDATA up to the signer's name, in hex digits. */
const FIXED_HEX = 36;

/** Keeps: every DNSKEY ever seen, so that a signature can be checked whenever it came. */
export class SignatureChecker {
  readonly #keys = new Map<number, KeyObject[]>();
  /** Signed sets, each once: what was signed in hex, and the signature. */
  readonly #signed = new Map<
    string,
    { readonly tag: number; readonly data: Buffer; readonly signature: Buffer; readonly about: string }
  >();

  get count(): number {
    return this.#signed.size;
  }

  add(reply: Reply): void {
    for (const section of [reply.answer, reply.authority]) {
      for (const rr of section) if (rr.type === DNSKEY) this.#addKey(Buffer.from(rr.rdata, "hex"));
      for (const rrsig of section.filter((rr) => rr.type === RRSIG)) this.#addSignature(rrsig, section);
    }
  }

  /** What does not verify, as sentences. */
  check(): string[] {
    const bad: string[] = [];
    for (const { tag, data, signature, about } of this.#signed.values()) {
      const keys = this.#keys.get(tag) ?? [];
      const good = keys.some((key) => verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature));
      if (!good) bad.push(`${about}: ${keys.length === 0 ? "no such key was ever published" : "does not verify"}`);
    }
    return bad;
  }

  #addKey(rdata: Buffer): void {
    const tag = tagOf(rdata);
    const known = this.#keys.get(tag) ?? [];
    const [x, y] = [rdata.subarray(4, 36), rdata.subarray(36, 68)].map((part) => part.toString("base64url")) as [
      string,
      string,
    ];
    const key = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
    if (!known.some((each) => each.equals(key))) this.#keys.set(tag, [...known, key]);
  }

  #addSignature(rrsig: Rr, section: readonly Rr[]): void {
    const fixed = Buffer.from(rrsig.rdata.slice(0, FIXED_HEX), "hex");
    const signer = rrsig.rdata.slice(FIXED_HEX, -128);
    const set = section.filter((rr) => rr.owner === rrsig.owner && rr.type === fixed.readUInt16BE(0));
    const owner = ownerSigned(rrsig.owner, fixed[3]!);
    const ttl = rrsig.rdata.slice(8, 16);
    const records = set.map((rr) => rr.rdata).sort();
    const lines = records.map(
      (rdata) => `${owner + rrsig.rdata.slice(0, 4)}0001${ttl}${hex16(rdata.length / 2)}${rdata}`,
    );
    const data = fixed.toString("hex") + signer + lines.join("");
    const signature = rrsig.rdata.slice(-128);
    const about = `${Buffer.from(rrsig.owner, "hex")
      .toString("latin1")
      .replace(/[^a-z*]/g, ".")} ${fixed.readUInt16BE(0)}`;
    this.#signed.set(data + signature, {
      tag: fixed.readUInt16BE(16),
      data: Buffer.from(data, "hex"),
      signature: Buffer.from(signature, "hex"),
      about,
    });
  }
}

/** A name with more labels than were signed came from a wildcard. */
function ownerSigned(owner: string, labels: number): string {
  const octets = Buffer.from(owner, "hex");
  const starts: number[] = [];
  for (let at = 0; octets[at] !== 0; at += octets[at]! + 1) starts.push(at);
  const isStar = owner.startsWith("012a");
  const have = starts.length - (isStar ? 1 : 0);
  return have > labels ? `012a${owner.slice(2 * starts[starts.length - labels]!)}` : owner;
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, "0");
}

/** RFC 4034 appendix B. */
function tagOf(rdata: Buffer): number {
  let sum = 0;
  for (const [i, octet] of rdata.entries()) sum += i & 1 ? octet : octet << 8;
  return (sum + (sum >> 16)) & 0xffff;
}
