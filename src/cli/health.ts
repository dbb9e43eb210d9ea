/** How a zone is, in one sentence, and what to do by the command line. */
import type { HealthCode } from "#contract";

export type HealthText = { readonly sentence: string; readonly todo?: string };

/** `ZONE` stands for the zone's name. */
const TEXTS: Readonly<Record<HealthCode, HealthText>> = {
  expired: {
    sentence: "no primary has confirmed it for so long that it has expired",
    todo: "bring a primary back; countersign transfer history ZONE",
  },
  "ds-mismatch": {
    sentence: "the DS at the parent fits no key of it: validating resolvers refuse it",
    todo: "replace the DS at the registrar: countersign dnssec show ZONE",
  },
  "held-unserved": {
    sentence: "what came first from the primary was not taken: nothing is served",
    todo: "countersign zone held ZONE",
  },
  held: {
    sentence: "the newest version was not taken: the last good one is served",
    todo: "countersign zone held ZONE",
  },
  "signatures-ending": {
    sentence: "signatures that are served end within two days",
    todo: "where the primary signs, let it sign anew under a newer serial",
  },
  "never-transferred": {
    sentence: "no transfer has worked yet: nothing is served",
    todo: "countersign transfer history ZONE",
  },
  "no-primary": {
    sentence: "no primary is linked to it",
    todo: "countersign zone set ZONE --peer ADDRESS",
  },
  unreachable: {
    sentence: "no primary has answered for several rounds",
    todo: "is the primary running, and does a firewall let this server reach it?",
  },
  moved: {
    sentence: "the parent no longer delegates it to this server's name servers",
    todo: "if that was not meant, put the name servers back at the registrar",
  },
  "check-failed": {
    sentence: "a primary did not answer as it should the last time; the zone is served",
    todo: "it is asked again by itself; countersign transfer history ZONE",
  },
  "primary-differs": {
    sentence: "a primary serves an older or another version than the rest",
    todo: "let that primary catch up, or unlink it",
  },
  frozen: { sentence: "transfers are stopped by order of an operator", todo: "countersign zone thaw ZONE" },
  "first-transfer": { sentence: "the first transfer is still to come" },
  "ds-wanted": {
    sentence: "it is signed and served, but the parent has no DS: resolvers do not check it",
    todo: "add the DS at the registrar: countersign dnssec show ZONE",
  },
  "not-delegated": {
    sentence: "the parent does not point to this server's name servers yet",
    todo: "set the name servers at the registrar",
  },
  hidden: { sentence: "it is kept, but not answered for: a catalog, or it left one" },
  well: { sentence: "all is well: the newest version is served" },
};

export function healthText(code: HealthCode, zone: string): HealthText {
  const { sentence, todo } = TEXTS[code];
  return { sentence, ...(todo === undefined ? {} : { todo: todo.replace("ZONE", zone) }) };
}
