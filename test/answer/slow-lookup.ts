/**
 * The obvious lookup: RFC 1034 section 4.3.2 word for word over a ZoneVersion, with strings and maps, no DNSSEC. It is what
 * the fast one has to agree with; it shares no code with it.
 */
import { type Name, printName } from "#name";
import { printRdata, RRType, rdataTarget, typeName } from "#rdata";
import type { RRset, ZoneVersion } from "#zone";

export type SlowAnswer = {
  rcode: "NOERROR" | "NXDOMAIN" | "YXDOMAIN";
  authoritative: boolean;
  /** Lines as `showRecord` prints them, each without its section. */
  answer: string[];
  authority: string[];
  /** In a referral: addresses of nameservers inside the delegation. */
  glue: string[];
};

const OF_SIGNERS: readonly number[] = [RRType.RRSIG, RRType.NSEC, RRType.NSEC3, RRType.NSEC3PARAM, RRType.DNSKEY];

/** As #answer: a chain longer than this is not followed to its end. */
const MAX_CHAIN = 16;

export class SlowZone {
  private readonly apex: string;
  private readonly sets = new Map<string, RRset[]>();
  /** Owners and everything between them and the apex. */
  private readonly names = new Set<string>();
  /** RFC 8482 section 4.2, in a zone that nobody signed. */
  private refusesAny = true;

  constructor(version: ZoneVersion) {
    this.apex = key(version.apex);
    for (const set of version.rrsets()) {
      const owner = key(set.owner);
      const list = this.sets.get(owner) ?? [];
      if (list.length === 0) this.sets.set(owner, list);
      list.push(set);
      if (OF_SIGNERS.includes(set.type)) this.refusesAny = false;
      for (let at = owner; at.endsWith(this.apex) && !this.names.has(at); at = parent(at)) this.names.add(at);
    }
  }

  answer(question: Name, type: number): SlowAnswer {
    const out: SlowAnswer = { rcode: "NOERROR", authoritative: true, answer: [], authority: [], glue: [] };
    const seen = new Set<string>();
    let name = printName(question);
    for (let step = 0; step <= MAX_CHAIN; step++) {
      const lower = name.toLowerCase();
      if (seen.has(lower) || !inZone(lower, this.apex)) return out;
      if (step === MAX_CHAIN) return out;
      seen.add(lower);
      const cutOrDname = this.highestCutOrDname(lower, type);
      if (cutOrDname && this.set(cutOrDname, RRType.NS) && cutOrDname !== this.apex) {
        if (step === 0) out.authoritative = false;
        this.refer(cutOrDname, out);
        return out;
      }
      if (cutOrDname) {
        const next = this.substitute(name, cutOrDname, out);
        if (next === undefined || type === RRType.CNAME) return out;
        name = next;
        continue;
      }
      const node = this.nodeFor(lower);
      if (node === undefined) {
        out.rcode = "NXDOMAIN";
        this.soa(out);
        return out;
      }
      const alias = this.set(node, RRType.CNAME);
      // RFC 4035 section 2.5: these two stand beside a CNAME, NSEC where there is one.
      const denial = (type === RRType.NSEC && this.set(node, type)) || type === RRType.RRSIG;
      if (alias && type !== RRType.CNAME && type !== RRType.ANY && !denial) {
        out.answer.push(...lines(alias, name));
        name = printName(alias.rdatas[0]!);
        continue;
      }
      if (type === RRType.ANY && this.refusesAny && !alias && !this.set(node, RRType.HINFO) && this.first(node)) {
        out.answer.push(`${name} 3789 HINFO "RFC8482" ""`);
        return out;
      }
      const found = type === RRType.ANY ? this.first(node) : this.set(node, type);
      if (found) out.answer.push(...lines(found, name));
      else this.soa(out);
      return out;
    }
    return out;
  }

  /** Going down from the apex: the first cut at or above the name (its own DS is ours), or DNAME strictly above it. */
  private highestCutOrDname(name: string, type: number): string | undefined {
    const path: string[] = [];
    for (let at = name; at !== this.apex; at = parent(at)) path.unshift(at);
    path.unshift(this.apex);
    for (const at of path) {
      if (at !== this.apex && this.set(at, RRType.NS) && !(at === name && type === RRType.DS)) return at;
      if (at !== name && this.set(at, RRType.DNAME)) return at;
    }
    const star = this.wildcardFor(name);
    if (star && this.set(star, RRType.NS) && type !== RRType.DS) return star;
    return undefined;
  }

  private nodeFor(name: string): string | undefined {
    return this.names.has(name) ? name : this.wildcardFor(name);
  }

  /** RFC 4592: the `*` child of the closest encloser, of a name that does not exist. */
  private wildcardFor(name: string): string | undefined {
    if (this.names.has(name)) return undefined;
    let encloser = parent(name);
    while (!this.names.has(encloser)) encloser = parent(encloser);
    return this.names.has(`*.${encloser}`) ? `*.${encloser}` : undefined;
  }

  private substitute(name: string, dname: string, out: SlowAnswer): string | undefined {
    const set = this.set(dname, RRType.DNAME)!;
    for (const line of lines(set, printName(set.owner))) if (!out.answer.includes(line)) out.answer.push(line);
    const target = printName(set.rdatas[0]!);
    const next = name.slice(0, name.length - dname.length) + (target === "." ? "" : target);
    if (wireLength(next) > 255) {
      out.rcode = "YXDOMAIN";
      return undefined;
    }
    out.answer.push(`${name} ${set.ttl} CNAME ${next}`);
    return next;
  }

  private refer(cut: string, out: SlowAnswer): void {
    const ns = this.set(cut, RRType.NS)!;
    out.authority.push(...lines(ns, printName(ns.owner)));
    for (const rdata of ns.rdatas) {
      const target = printName(rdataTarget(RRType.NS, rdata)!).toLowerCase();
      if (!inZone(target, cut)) continue;
      for (const type of [RRType.A, RRType.AAAA]) {
        const set = this.set(target, type);
        if (set) out.glue.push(...lines(set, printName(set.owner)));
      }
    }
  }

  private soa(out: SlowAnswer): void {
    const soa = this.set(this.apex, RRType.SOA)!;
    const rdata = soa.rdatas[0]!;
    const minimum = new DataView(rdata.buffer, rdata.byteOffset + rdata.length - 4).getUint32(0);
    out.authority.push(...lines({ ...soa, ttl: Math.min(soa.ttl, minimum) }, printName(soa.owner)));
  }

  private first(name: string): RRset | undefined {
    return [...(this.sets.get(name) ?? [])].sort((a, b) => a.type - b.type)[0];
  }

  private set(name: string, type: number): RRset | undefined {
    return this.sets.get(name)?.find((set) => set.type === type);
  }
}

function lines(set: RRset, owner: string): string[] {
  return set.rdatas.map((rdata) => `${owner} ${set.ttl} ${typeName(set.type)} ${printRdata(set.type, rdata)}`);
}

function key(name: Name): string {
  return printName(name).toLowerCase();
}

/** Up to the first dot that is not escaped. */
function parent(name: string): string {
  const label = /^(?:\\\d{3}|\\.|[^\\.])*\./.exec(name)![0];
  return name.slice(label.length) || ".";
}

function inZone(name: string, apex: string): boolean {
  return name === apex || apex === "." || name.endsWith(`.${apex}`);
}

function wireLength(name: string): number {
  return name.replace(/\\\d{3}|\\./g, "x").length + 1;
}
