/** What the DS records of the parent lead to, in sentences. */
import { algorithmName, DigestType, keyTag } from "#dnssec";
import { readDnskey, readDs } from "#rdata";
import type { Say } from "./say.ts";

const REPLACE = "replace the DS at the registrar by the one that is shown here, or bring the key back";

/** `strange`: those of `all` that belong to no key. `trusted`: keys that a DS leads to and that sign the zone's keys. */
export function tellDs(
  keys: readonly Uint8Array[],
  all: readonly Uint8Array[],
  strange: readonly Uint8Array[],
  trusted: readonly Uint8Array[],
  say: Say,
): void {
  const tags = strange.map((rdata) => readDs(rdata).keyTag).join(", ");
  if (keys.length > 0 && strange.length === all.length) {
    const sentence = `none of the DS at the parent (${tags}) belongs to a key that the zone publishes: validating resolvers answer SERVFAIL`;
    say("error", "ds.matches-no-key", sentence, REPLACE);
  } else if (strange.length > 0) {
    const sentence = `a DS at the parent (${tags}) belongs to no key that the zone publishes now`;
    say("info", "ds.without-key", sentence, "remove it at the registrar, unless its key is about to come");
  }
  for (const rdata of strange) tellNear(rdata, keys, strange.length === all.length, say);
  tellDigests(all, say);
  if (trusted.length === 0) return;
  say(
    "ok",
    "ds.matches",
    `the DS at the parent leads to key ${[...new Set(trusted.map(keyTag))].join(", ")}, which signs the zone's keys`,
  );
}

/** A DS that nearly belongs to a key was typed wrongly, and which field is at fault can be said. */
function tellNear(rdata: Uint8Array, keys: readonly Uint8Array[], alone: boolean, say: Say): void {
  const ds = readDs(rdata);
  const near = keys.find((key) => keyTag(key) === ds.keyTag);
  if (!near) return;
  const severity = alone ? "error" : "warning";
  const { algorithm } = readDnskey(near);
  if (algorithm !== ds.algorithm) {
    const sentence = `the DS of key ${ds.keyTag} says algorithm ${ds.algorithm} (${algorithmName(ds.algorithm)}), but the key has ${algorithm} (${algorithmName(algorithm)})`;
    say(severity, "ds.other-algorithm", sentence, "correct the field algorithm of the DS at the registrar");
  } else {
    const sentence = `the DS of key ${ds.keyTag} has a digest that is not of this key`;
    say(severity, "ds.wrong-digest", sentence, "copy the digest to the registrar anew, as a whole");
  }
}

/** SHA-1 must not be used for new DS records, and stronger ones beside it are what counts (RFC 8624 section 3.3, RFC 4509 section 3). */
function tellDigests(all: readonly Uint8Array[], say: Say): void {
  const weak = all.map((rdata) => readDs(rdata)).filter(({ digestType }) => digestType === DigestType.SHA1);
  if (weak.length === 0) return;
  const sentence = `the DS of key ${weak.map((ds) => ds.keyTag).join(", ")} has a SHA-1 digest, which more and more resolvers do not take`;
  say("warning", "ds.weak-digest", sentence, "replace it by one with SHA-256 (digest type 2)");
}
