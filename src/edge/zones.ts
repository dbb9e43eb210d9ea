/** Turns publications into what an Answerer serves: image readers, signature tables, signers opened from the ZSK. */
import type { ApexRRset, LiveSigner, ServedZone, ZoneSigning } from "#answer";
import { openSigner } from "#crypto";
import { SignatureTable, ZoneImage } from "#image";
import type { Publication, PublishedRRset, PublishedSigning } from "#publish";
import { Counter, type CounterBlock } from "#telemetry";

/** Opens what a publication brought. Throws on octets that are no table or no key: control checks before it publishes. */
export function openZone(publication: Publication, counters: CounterBlock): ServedZone {
  const { apex, state, image, signing } = publication;
  return {
    apex,
    state,
    image: image && new ZoneImage(image),
    signing: signing && openSigning(signing, counters),
  };
}

function openSigning(signing: PublishedSigning, counters: CounterBlock): ZoneSigning {
  const table = SignatureTable.open(signing.signatureTable);
  if (table === undefined) throw new Error("published signature table has another format");
  return {
    denial: signing.denial,
    signer: countingSigner(openSigner(signing.zsk), counters),
    table,
    apexRRsets: signing.apexRRsets.map(apexRRset),
    period: signing.period,
  };
}

function countingSigner(signer: LiveSigner, counters: CounterBlock): LiveSigner {
  return {
    keyTag: signer.keyTag,
    algorithm: signer.algorithm,
    sign(data, length, out, outAt) {
      counters.add(Counter.Signatures);
      signer.sign(data, length, out, outAt);
    },
  };
}

const TYPE_RRSIG = 46;
const CLASS_IN = 1;
/** Offset of the question's name in any answer: owner names at the apex are pointers to it. */
const QUESTION_NAME = 0xc00c;

/** RRs and RRSIG RRs in wire form, ready to copy. */
function apexRRset(set: PublishedRRset): ApexRRset {
  const data = set.rdatas.map((rdata) => record(set.type, set.ttl, rdata));
  const signatures = set.signatures.map((rdata) => record(TYPE_RRSIG, set.ttl, rdata));
  const dataLength = data.reduce((sum, octets) => sum + octets.length, 0);
  const octets = new Uint8Array(signatures.reduce((sum, part) => sum + part.length, dataLength));
  let at = 0;
  for (const part of [...data, ...signatures]) {
    octets.set(part, at);
    at += part.length;
  }
  return { type: set.type, octets, dataLength };
}

function record(type: number, ttl: number, rdata: Uint8Array): Uint8Array {
  const octets = new Uint8Array(12 + rdata.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, QUESTION_NAME);
  view.setUint16(2, type);
  view.setUint16(4, CLASS_IN);
  view.setUint32(6, ttl);
  view.setUint16(10, rdata.length);
  octets.set(rdata, 12);
  return octets;
}
