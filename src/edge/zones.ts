/** Turns publications into what an Answerer serves: image readers, signature tables, signers opened from the ZSK. */
import type { LiveSigner, ServedZone, ZoneSigning } from "#answer";
import { bytesEqual, fail, ok, type Result } from "#bytes";
import type { Signer } from "#crypto";
import { SignatureTable, ZoneImage } from "#image";
import type { Publication, PublishedSigning } from "#publish";
import { Counter, type CounterBlock } from "#telemetry";
import type { SignerShelf } from "./signer-shelf.ts";

/** A zone with what has to be closed when it goes. */
export interface OpenZone {
  readonly served: ServedZone;
  readonly signer: Signer | undefined;
  readonly privateKey: Uint8Array | undefined;
}

/**
 * Opens what a publication brought; the signer of `before` is taken over when the key is the same. Fails when the
 * signature table or the key are of no kind we know: one bad zone must not end a worker that serves all.
 */
export function openZone(
  publication: Publication,
  before: OpenZone | undefined,
  signers: SignerShelf,
  counters: CounterBlock,
): Result<OpenZone, string> {
  const { apex, state, image, imageRoot, signing, expiry } = publication;
  const { zoneId, generation } = publication;
  const zone = { zoneId, generation, apex, state, image: image && new ZoneImage(image, imageRoot), expiry };
  if (signing === undefined) return ok({ served: zone, signer: undefined, privateKey: undefined });
  const table = SignatureTable.open(signing.signatureTable);
  if (table === undefined) return fail("its signature table has another format");
  const signer = openZsk(signing, before, signers);
  if (!signer.ok) return signer;
  const served = { ...zone, signing: zoneSigning(signing, table, countingSigner(signer.value, counters)) };
  return ok({ served, signer: signer.value, privateKey: signing.zsk.privateKey });
}

/** Frees what OpenSSL holds of the key, unless `after`, which replaces it, goes on with it. */
export function closeZone(zone: OpenZone, after: OpenZone | undefined): void {
  if (zone.signer !== after?.signer) zone.signer?.close();
}

function openZsk(
  signing: PublishedSigning,
  before: OpenZone | undefined,
  signers: SignerShelf,
): Result<Signer, string> {
  const { zsk } = signing;
  const known = before?.signer;
  const same =
    known !== undefined &&
    before?.privateKey !== undefined &&
    known.keyTag === zsk.keyTag &&
    known.algorithm === zsk.algorithm &&
    bytesEqual(before.privateKey, zsk.privateKey);
  if (same) return ok(known);
  const opened = signers.open(zsk);
  if (!opened.ok) return fail(`its ZSK: ${opened.error}`);
  // Slots of signature tables and the RRSIGs made here have room for 64 octets.
  if (opened.value.signatureLength === 64) return opened;
  opened.value.close();
  return fail(`its ZSK's algorithm ${zsk.algorithm} does not sign with 64 octets`);
}

function zoneSigning(signing: PublishedSigning, table: SignatureTable, signer: LiveSigner): ZoneSigning {
  const { denial, period } = signing;
  return {
    denial,
    signer,
    table,
    get apexRRsets() {
      return signing.apexRRsets;
    },
    period,
  };
}

function countingSigner(signer: Signer, counters: CounterBlock): LiveSigner {
  return {
    keyTag: signer.keyTag,
    algorithm: signer.algorithm,
    sign(data, length, out, outAt) {
      counters.add(Counter.Signatures);
      signer.sign(data, length, out, outAt);
    },
  };
}
