/** What a pre-signed zone can have beside good signatures, or in the place of one, and what becomes of it. Everything else of it is signed well. */
import { concatBytes } from "#bytes";
import { dnskeyRdata, hashOfNsec3Owner, type RrsigFields } from "#dnssec";
import type { ZoneDenial } from "#keys";
import type { ResourceRecord } from "#message";
import { type Name, nameEquals, nameKey, wildcardOf } from "#name";
import { RRType, readNsec3, readRrsig, writeTypeBitmap } from "#rdata";
import { named, type OddSigner } from "./odd-signer.ts";

export type Scene = {
  readonly apex: Name;
  readonly records: readonly ResourceRecord[];
  readonly by: OddSigner;
  /** Below the apex: has the TXT set that the oddity is about. */
  readonly label: string;
  /** Signs the zone anew by this denial. */
  again(denial: ZoneDenial): readonly ResourceRecord[];
};

export type OddCase = {
  readonly name: string;
  readonly denial?: ZoneDenial;
  readonly edit: (scene: Scene) => readonly ResourceRecord[];
  /** What holds it; absent: it is taken, and Unbound finds all of it secure. */
  readonly held?: RegExp;
};

const NSEC3: ZoneDenial = { kind: "nsec3" };
const SALTED: ZoneDenial = { kind: "nsec3", params: { algorithm: 1, iterations: 0, salt: Uint8Array.of(0xab) } };

const ZSK = 256;

const at = ({ apex }: Scene, label: string): Name => (label === "@" ? apex : named(`${label}.${nameKeyText(apex)}`));
const nameKeyText = (apex: Name): string => {
  const labels: string[] = [];
  for (let i = 0; apex[i]! > 0; i += 1 + apex[i]!)
    labels.push(Buffer.from(apex.subarray(i + 1, i + 1 + apex[i]!)).toString());
  return `${labels.join(".")}.`;
};

const covers = (owner: Name, type: number) => (one: ResourceRecord) =>
  one.type === RRType.RRSIG && nameEquals(one.owner, owner) && readRrsig(one.rdata).typeCovered === type;
const is = (owner: Name, type: number) => (one: ResourceRecord) => one.type === type && nameEquals(one.owner, owner);

function setOf({ records }: Scene, owner: Name, type: number) {
  const all = records.filter(is(owner, type));
  if (all.length === 0) throw new Error(`${nameKey(owner)} ${type}`);
  return { owner, type, ttl: all[0]!.ttl, rdatas: all.map(({ rdata }) => rdata) };
}

/** The records with the sets at this name exchanged for these, signed anew. */
function resigned(scene: Scene, owner: Name, type: number, rdatas: readonly Uint8Array[]): ResourceRecord[] {
  const ttl = scene.records.find(is(owner, type))?.ttl ?? 300;
  const rest = scene.records.filter((one) => !is(owner, type)(one) && !covers(owner, type)(one));
  const set = { owner, type, ttl, rdatas };
  return [...rest, ...rdatas.map((rdata) => ({ owner, type, ttl, rdata })), scene.by.rrsig(scene.apex, set)];
}

type Oddity = {
  readonly name: string;
  readonly odd: (scene: Scene) => Partial<RrsigFields>;
  readonly over?: (scene: Scene) => Name;
  /** In the place of the good one. */
  readonly instead?: RegExp;
  /** Beside it; absent: taken. */
  readonly beside?: RegExp;
};

const now = (): number => Math.floor(Date.now() / 1000);

const ODDITIES: readonly Oddity[] = [
  { name: "labels 255", odd: () => ({ labels: 255 }), instead: /wrong-labels/, beside: /wrong-labels/ },
  {
    name: "one label more than the owner",
    odd: () => ({ labels: 5 }),
    instead: /wrong-labels/,
    beside: /wrong-labels/,
  },
  {
    name: "a wildcard's claim: one label fewer, signed as the wildcard",
    odd: () => ({ labels: 3 }),
    over: ({ apex }) => wildcardOf(apex)!,
    instead: /wrong-labels/,
    beside: /wrong-labels/,
  },
  {
    name: "a signer outside the zone",
    odd: () => ({ signer: named("elsewhere.example.") }),
    instead: /wrong-signer/,
    beside: /wrong-signer/,
  },
  {
    name: "a signer below the zone",
    odd: (scene) => ({ signer: at(scene, scene.label) }),
    instead: /wrong-signer/,
    beside: /wrong-signer/,
  },
  {
    name: "the signer's parent",
    odd: ({ apex }) => ({ signer: apex.subarray(1 + apex[0]!) }),
    instead: /wrong-signer/,
    beside: /wrong-signer/,
  },
  {
    name: "inception after expiration",
    odd: () => ({ inception: now() + 3600, expiration: now() - 3600 }),
    instead: /signature-expired/,
  },
  { name: "an original TTL of 2^32-1", odd: () => ({ originalTtl: 2 ** 32 - 1 }) },
  { name: "an original TTL of 0", odd: () => ({ originalTtl: 0 }), instead: /wrong-ttl/ },
  ...[0, 1, 252, 253, 254, 255].map((algorithm) => ({
    name: `algorithm ${algorithm}`,
    odd: () => ({ algorithm }),
    instead: /unknown-key/,
  })),
  { name: "a key that is not there", odd: () => ({ keyTag: 1 }), instead: /unknown-key/ },
];

const odd = (scene: Scene, { odd: fields, over }: Oddity): ResourceRecord => {
  const www = at(scene, scene.label);
  return scene.by.rrsig(scene.apex, setOf(scene, www, RRType.TXT), fields(scene), over?.(scene));
};

const BESIDE: readonly OddCase[] = ODDITIES.flatMap((oddity) => [
  {
    name: `${oddity.name}, before the good one`,
    edit: (scene: Scene) => [odd(scene, oddity), ...scene.records],
    ...(oddity.beside && { held: oddity.beside }),
  },
  {
    name: `${oddity.name}, in its place`,
    edit: (scene: Scene) => [
      ...scene.records.filter((one) => !covers(at(scene, scene.label), RRType.TXT)(one)),
      odd(scene, oddity),
    ],
    ...(oddity.instead && { held: oddity.instead }),
  },
]);

/** Signatures of the right key that are none. */
const broken = (scene: Scene, count: number): ResourceRecord[] => {
  const good = scene.by.rrsig(scene.apex, setOf(scene, at(scene, scene.label), RRType.TXT));
  return Array.from({ length: count }, (_, i) => {
    const rdata = good.rdata.slice();
    rdata[rdata.length - 1 - i]! ^= 1;
    return { ...good, rdata };
  });
};

const SIGNATURES: readonly OddCase[] = [
  { name: "one broken signature beside the good one", edit: (scene) => [...broken(scene, 1), ...scene.records] },
  {
    name: "three broken signatures beside the good one",
    edit: (scene) => [...broken(scene, 3), ...scene.records],
    held: /signature-invalid/,
  },
  {
    name: "thirty broken signatures beside the good one",
    edit: (scene) => [...broken(scene, 30), ...scene.records],
    held: /signature-invalid/,
  },
  {
    name: "a signature over the signatures",
    edit: (scene) => {
      const www = at(scene, scene.label);
      const rdatas = scene.records.filter(covers(www, RRType.TXT)).map(({ rdata }) => rdata);
      return [scene.by.rrsig(scene.apex, { owner: www, type: RRType.RRSIG, ttl: 300, rdatas }), ...scene.records];
    },
    held: /rrset-unsigned/,
  },
  {
    name: "a signature with another TTL than its set",
    edit: (scene) =>
      scene.records.map((one) => (covers(at(scene, scene.label), RRType.TXT)(one) ? { ...one, ttl: 86_400 } : one)),
  },
];

/** Of the ZSK's tag: the same 16-bit words in another order, a point on no curve. */
const colliding = (key: Uint8Array, turn: number): Uint8Array => {
  const point = key.subarray(4);
  const by = 2 * turn;
  return concatBytes([key.subarray(0, 4), point.subarray(by), point.subarray(0, by)]);
};

const withKeys = (make: (by: OddSigner) => readonly Uint8Array[]): OddCase["edit"] => {
  return (scene) => {
    const keys = setOf(scene, scene.apex, RRType.DNSKEY).rdatas;
    return resigned(scene, scene.apex, RRType.DNSKEY, [...keys, ...make(scene.by)]);
  };
};

const rsa = (exponent: readonly number[], modulus: number): Uint8Array => {
  const length = exponent.length < 256 ? [exponent.length] : [0, exponent.length >> 8, exponent.length & 255];
  const key = concatBytes([Uint8Array.from(length), Uint8Array.from(exponent), new Uint8Array(modulus).fill(0xc5)]);
  return dnskeyRdata(ZSK, 8, key);
};

const KEYS: readonly OddCase[] = [
  { name: "one key more of the ZSK's tag, off the curve", edit: withKeys(({ zsk }) => [colliding(zsk.dnskey, 1)]) },
  {
    name: "eight keys more of the ZSK's tag",
    edit: withKeys(({ zsk }) => Array.from({ length: 8 }, (_, i) => colliding(zsk.dnskey, i + 1))),
    held: /dnskeys-too-many/,
  },
  { name: "a point off the curve", edit: withKeys(() => [dnskeyRdata(ZSK, 13, new Uint8Array(64).fill(7))]) },
  { name: "a point that is too short", edit: withKeys(() => [dnskeyRdata(ZSK, 13, new Uint8Array(63).fill(7))]) },
  { name: "RSA with exponent 0", edit: withKeys(() => [rsa([0], 256)]) },
  { name: "RSA with exponent 1", edit: withKeys(() => [rsa([1], 256)]) },
  { name: "RSA with an exponent of 2,000 bits", edit: withKeys(() => [rsa(Array<number>(250).fill(0xff), 256)]) },
  {
    name: "RSA with an exponent that goes on behind the key",
    edit: withKeys(() => [dnskeyRdata(ZSK, 8, Uint8Array.of(200, 1, 2, 3))]),
  },
  { name: "RSA of 16 kbit", edit: withKeys(() => [rsa([1, 0, 1], 2048)]) },
  {
    name: "a DNSKEY of protocol 2",
    edit: withKeys(({ zsk }) => [Uint8Array.from(zsk.dnskey, (octet, i) => (i === 2 ? 2 : octet))]),
  },
  {
    name: "the ZSK of protocol 2 alone",
    edit: (scene) => {
      const { ksk, zsk } = scene.by;
      const other = Uint8Array.from(zsk.dnskey, (octet, i) => (i === 2 ? 2 : octet));
      return resigned(scene, scene.apex, RRType.DNSKEY, [ksk.dnskey, other]);
    },
    held: /unknown-key/,
  },
  ...[0, 252, 253, 254, 255].map((algorithm) => ({
    name: `a DNSKEY of algorithm ${algorithm}`,
    edit: withKeys(() => [dnskeyRdata(ZSK, algorithm, new Uint8Array(64).fill(3))]),
  })),
];

const nsec = (next: Name, ...types: readonly number[]): Uint8Array =>
  concatBytes([next, writeTypeBitmap([...types, RRType.RRSIG, RRType.NSEC])]);

const linkOf = (scene: Scene) => scene.records.find(({ type }) => type === RRType.NSEC3)!;

const CHAINS: readonly OddCase[] = [
  {
    name: "an NSEC that leads out of the zone",
    edit: (scene) => resigned(scene, at(scene, "www"), RRType.NSEC, [nsec(named("zzz.example."), 1, 16)]),
    held: /nsec-next-wrong/,
  },
  {
    name: "two NSEC at one name",
    edit: (scene) => {
      const www = at(scene, "www");
      const rdatas = setOf(scene, www, RRType.NSEC).rdatas;
      return resigned(scene, www, RRType.NSEC, [...rdatas, nsec(scene.apex, 1)]);
    },
    held: /nsec-several/,
  },
  {
    name: "a signed name below a hash",
    denial: NSEC3,
    edit: (scene) => {
      const owner = concatBytes([Uint8Array.of(1, 120), linkOf(scene).owner]);
      const set = { owner, type: 1, ttl: 300, rdatas: [Uint8Array.of(192, 0, 2, 9)] };
      return [...scene.records, { owner, type: 1, ttl: 300, rdata: set.rdatas[0]! }, scene.by.rrsig(scene.apex, set)];
    },
    held: /nsec3-missing/,
  },
  {
    name: "an NSEC3 below a hash",
    denial: NSEC3,
    edit: (scene) => {
      const { owner: hash, ttl, rdata } = linkOf(scene);
      const owner = concatBytes([Uint8Array.of(1, 120), hash]);
      const set = { owner, type: RRType.NSEC3, ttl, rdatas: [rdata] };
      return [...scene.records, { owner, type: RRType.NSEC3, ttl, rdata }, scene.by.rrsig(scene.apex, set)];
    },
  },
  {
    name: "two NSEC3 of one chain at one name",
    denial: NSEC3,
    edit: (scene) => {
      const { owner, rdata } = linkOf(scene);
      const other = rdata.slice();
      other[10]! ^= 1;
      return resigned(scene, owner, RRType.NSEC3, [rdata, other]);
    },
    held: /nsec3-several/,
  },
  {
    name: "an NSEC3PARAM that fits no chain",
    denial: NSEC3,
    edit: (scene) => resigned(scene, scene.apex, RRType.NSEC3PARAM, [Uint8Array.of(1, 0, 0, 0, 1, 0xcd)]),
    held: /presigned-without-denial/,
  },
  {
    name: "an NSEC3PARAM that fits no chain beside the one that does",
    denial: NSEC3,
    edit: (scene) => {
      const rdatas = setOf(scene, scene.apex, RRType.NSEC3PARAM).rdatas;
      return resigned(scene, scene.apex, RRType.NSEC3PARAM, [Uint8Array.of(1, 0, 0, 0, 1, 0xcd), ...rdatas]);
    },
  },
  ...[0, 1].map((which) => ({
    name: `two NSEC3 chains, the ${which === 0 ? "first" : "second"} with a gap`,
    denial: NSEC3,
    edit: (scene: Scene) => twoChains(scene, which),
  })),
];

/** Both chains whole and signed, but for one link of the one that `gap` names. */
function twoChains(scene: Scene, gap: number): readonly ResourceRecord[] {
  const other = scene.again(SALTED);
  const isLink = (one: ResourceRecord) =>
    one.type === RRType.NSEC3 || (one.type === RRType.RRSIG && readRrsig(one.rdata).typeCovered === RRType.NSEC3);
  const links = [scene.records.filter(isLink), other.filter(isLink)];
  const victim = links[gap]!.find(
    ({ type, owner, rdata }) =>
      type === RRType.NSEC3 && !isApexLink(scene, owner) && readNsec3(rdata).bitmap.length > 0,
  )!;
  const left = links[gap]!.filter(({ owner }) => !nameEquals(owner, victim.owner));
  const params = [scene.records, other].flatMap((all) => all.filter(({ type }) => type === RRType.NSEC3PARAM));
  const rest = scene.records.filter((one) => !isLink(one));
  const both = resigned(
    { ...scene, records: rest },
    scene.apex,
    RRType.NSEC3PARAM,
    params.map(({ rdata }) => rdata),
  );
  return [...both, ...left, ...links[1 - gap]!];
}

/** Its bitmap has the SOA: that of the apex, without which a chain is none. */
function isApexLink({ records, apex }: Scene, owner: Name): boolean {
  if (!hashOfNsec3Owner(owner, apex)) return false;
  const { bitmap } = readNsec3(records.find(is(owner, RRType.NSEC3))?.rdata ?? Uint8Array.of(1, 0, 0, 0, 0, 0));
  return bitmap.length > 2 && (bitmap[2]! & 0x02) !== 0;
}

export const ODD_CASES: readonly OddCase[] = [...BESIDE, ...SIGNATURES, ...KEYS, ...CHAINS];
