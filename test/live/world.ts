/**
 * A live-signed zone of odd cases between its judges.
 *
 *   somebody else's primary ── transfer ──▶ Countersign ◀── Unbound, delv …
 *   Knot and NSD, the same zone unsigned: those who know what is in it
 */
import { fromLatin1, toHex } from "#bytes";
import { type Name, nameKey, readName } from "#name";
import { makeQuestions, namesOf } from "../differential/questions.ts";
import { validateThroughResolver } from "../differential/validate.ts";
import {
  type Countersign,
  flattenZone,
  LOOPBACK,
  type Peer,
  type PeerOptions,
  type PeerZone,
  type Question,
  type SigningMode,
  startCountersign,
  startKnot,
  startNsd,
  startUnbound,
} from "../peers/index.ts";
import { zonePath } from "../zones/index.ts";
import { longNameQuestions } from "./questions.ts";

export const APEX = "odd.example.";
export const APEX_NAME = getName(APEX);
/** Lower-cased wire octets in hex, as test/differential has owners. */
export const APEX_HEX = toHex(fromLatin1(nameKey(APEX_NAME)));

/** Nobody answers there: nothing outside may be asked about the parent. */
export const NO_RESOLVER = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` };

/** Below these there is room for 255 octets: names, wildcards, empty non-terminals, aliases, cuts. */
const ENCLOSERS = [
  "",
  "wild.",
  "deep.wild.",
  "ent.wild.",
  "cname.",
  "four.",
  "half.",
  "www.",
  "c1.",
  "dname.",
  "secure.",
];

export type LiveOptions = {
  readonly mode: SigningMode;
  readonly primary: (options: PeerOptions) => Promise<Peer>;
  /** What the primary does with the zone before it serves it; nothing when left out. */
  readonly prepare?: (zone: PeerZone) => PeerZone;
  /** With odd-extreme-names.zone, which not every peer can take. */
  readonly extreme: boolean;
};

export type LiveWorld = {
  readonly product: Countersign;
  readonly zoneId: string;
  readonly unsigned: readonly Peer[];
  /** The zone before anybody signs, flattened. */
  readonly text: string;
  readonly questions: readonly Question[];
  /** DS of the product's KSK. */
  readonly ds: readonly string[];
  stop(): Promise<void>;
};

export async function startLiveWorld(options: LiveOptions): Promise<LiveWorld> {
  const paths = [zonePath("odd.zone"), ...(options.extreme ? [zonePath("odd-extreme-names.zone")] : [])];
  const zone: PeerZone = { name: APEX, text: flattenZone(APEX, ...paths) };
  const [primary, knot, nsd, product] = await Promise.all([
    options.primary({ zones: [options.prepare?.(zone) ?? zone] }),
    startKnot({ zones: [zone] }),
    startNsd({ zones: [zone] }),
    startCountersign({ env: NO_RESOLVER }),
  ]);
  const zoneId = await product.addZone({ name: APEX, primary, mode: options.mode });
  await product.served(zoneId, APEX);
  const { dnssec } = await product.status(zoneId);
  const enclosers = ENCLOSERS.map((label) => getName(label + APEX));
  const questions = [...makeQuestions(APEX_NAME, namesOf(APEX_NAME, zone.text), 7), ...longNameQuestions(enclosers)];
  const stop = async (): Promise<void> => {
    await Promise.all([product.stop(), primary.stop(), knot.stop(), nsd.stop()]);
  };
  return { product, zoneId, unsigned: [knot, nsd], text: zone.text, questions, ds: dnssec.ds, stop };
}

/** Two ways to set a resolver up: one believes as much as it can, the other as little. */
const RESOLVERS = {
  aggressive: { aggressive: true, more: ["qname-minimisation: yes"] },
  hardened: {
    aggressive: false,
    more: [
      "harden-below-nxdomain: yes",
      "harden-dnssec-stripped: yes",
      "harden-algo-downgrade: yes",
      "harden-glue: yes",
      "harden-short-bufsize: yes",
      "harden-large-queries: yes",
      "use-caps-for-id: yes",
    ],
  },
} as const;

export type ResolverKind = keyof typeof RESOLVERS;

/** Unbound follows an alias that it has cached even for type NSEC, and these lead nowhere: out of the zone or in a circle. */
const LEADS_NOWHERE = /^(cdeleg|cout|csecure|cself|cloop\d|[^.]+\.cname(out|loop))\./i;
const NSEC = 47;

/** Every question through one Unbound whose only trust anchor is our DS. */
export async function judgeByUnbound(world: LiveWorld, kind: ResolverKind) {
  const stubs = [{ zone: APEX, servers: [world.product] }];
  const unbound = await startUnbound({ trustAnchors: world.ds, stubs, ...RESOLVERS[kind] });
  try {
    const questions = world.questions.filter(({ name, type }) => type !== NSEC || !LEADS_NOWHERE.test(name));
    return await validateThroughResolver(APEX_NAME, questions, unbound, world.product, true);
  } finally {
    await unbound.stop();
  }
}

export function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(`${text}: ${name.error}`);
  return name.value;
}
