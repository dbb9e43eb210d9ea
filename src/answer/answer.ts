/**
 * A query's octets in, a reply's octets out. Nothing is allocated for a query (signatures not yet made aside), nothing
 * throws, and nothing is kept from one query to the next but signatures.
 *
 * ```
 * octets ▶ parseQuery ▶ findZone ▶ lookup ▶ assemble ▶ prove ▶ finish ▶ octets
 *            │ DROP        │ REFUSED  └──────┬──────┘              header, OPT, cookie, TC
 *            │ FORWARD     │ SERVFAIL    CNAME, DNAME
 *            │ FORMERR     ▼
 *            ▼ NOTIMP, BADVERS, BADCOOKIE  ─────────────────────▶ finish
 * ```
 */
import { ExtendedError, Flag, Rcode } from "#message";
import { RRClass, RRType } from "#rdata";
import { assemble } from "./assemble.ts";
import { writeIdentity } from "./chaos.ts";
import { CookieCheck, Cookies } from "./cookies.ts";
import { OptWriter } from "./edns.ts";
import { LiveSignatures } from "./live.ts";
import { ParseOutcome, parseQuery, type Query } from "./query.ts";
import { HEADER, Section } from "./reply.ts";
import {
  type AnswerSettings,
  DEFAULT_UDP_PAYLOAD,
  DROP,
  FORWARD,
  MIN_UDP_PAYLOAD,
  type QueryContext,
} from "./settings.ts";
import { Trace } from "./trace.ts";
import { Work } from "./work.ts";
import { Denial, type ZoneEntry, ZoneState } from "./zone-entry.ts";
import { ZoneTable } from "./zone-table.ts";

const MAX_UDP_PAYLOAD = 4096;
const DEFAULT_CACHE = 4 * 1024 * 1024;

export class Answerer {
  readonly zones: ZoneTable;
  /** The zone that the last answer came from; undefined: from none. */
  zone: ZoneEntry | undefined = undefined;
  private readonly work: Work;
  private readonly maxUdp: number;
  private readonly nsid: Uint8Array | undefined;
  private readonly cookies: Cookies | undefined;
  private readonly requireCookie: boolean;
  private readonly opt: OptWriter;

  /** `zones`: to take over from an earlier Answerer when settings change. */
  constructor(settings: AnswerSettings, zones = new ZoneTable()) {
    this.zones = zones;
    const payload = settings.maxUdpPayload ?? DEFAULT_UDP_PAYLOAD;
    this.maxUdp = Math.min(MAX_UDP_PAYLOAD, Math.max(MIN_UDP_PAYLOAD, payload));
    this.nsid = settings.nsid;
    this.cookies = settings.cookies && settings.cookies.secrets.length > 0 ? new Cookies(settings.cookies) : undefined;
    this.requireCookie = settings.cookies?.require ?? false;
    this.opt = new OptWriter(this.nsid, this.maxUdp, this.cookies, settings.tcpIdleSeconds);
    this.work = new Work(new LiveSignatures(settings.signatureCacheOctets ?? DEFAULT_CACHE));
  }

  /**
   * The length of the reply in `reply`, DROP, or FORWARD. `query[0..length)` is the message; `reply` must be another
   * array, with room for 512 octets over UDP at least and for 65535 over TCP.
   */
  answer(query: Uint8Array, length: number, reply: Uint8Array, about: QueryContext): number {
    const { work } = this;
    this.zone = undefined;
    const outcome = parseQuery(work.query, query, length);
    if (outcome === ParseOutcome.Drop) return DROP;
    if (outcome === ParseOutcome.Forward || (work.query.tsig && outcome !== ParseOutcome.FormErr)) return FORWARD;
    const tcp = about.transport === "tcp";
    work.now = about.nowSeconds;
    work.rcode = Rcode.NoError;
    work.extendedError = -1;
    work.expireLeft = -1;
    work.authoritative = false;
    work.compactOk = false;
    if (outcome === ParseOutcome.FormErr) work.query.forgetOptions();
    const optLength = this.opt.length(work, tcp);
    work.reply.begin(reply, Math.min(reply.length, this.space(tcp)) - optLength);
    if (work.query.hasQuestion) work.reply.question(query, work.query.questionEnd, work.query.name.length);
    let cookie: CookieCheck = CookieCheck.New;
    if (outcome === ParseOutcome.FormErr) {
      work.rcode = Rcode.FormErr;
    } else {
      cookie = this.checkCookie(about);
      if (cookie === CookieCheck.Malformed) work.query.cookieAt = 0;
      if (outcome === ParseOutcome.NotImp) {
        work.rcode = Rcode.NotImp;
      } else if (work.query.version > 0) {
        // Before the options, which may mean something else there (RFC 6891 section 6.1.3).
        work.rcode = Rcode.BadVers;
      } else if (cookie === CookieCheck.Malformed || (outcome === ParseOutcome.CookieOnly && !this.cookies)) {
        work.query.cookieAt = 0;
        work.rcode = Rcode.FormErr;
      } else if (this.requireCookie && !tcp && work.query.cookieAt > 0 && cookie === CookieCheck.New) {
        work.rcode = Rcode.BadCookie;
      } else if (outcome === ParseOutcome.Query && this.resolve(about.nowSeconds) === FORWARD) {
        return FORWARD;
      }
    }
    return this.finish(tcp, cookie, about);
  }

  /** The last query; only to be read before the next one. */
  get query(): Query {
    return this.work.query;
  }

  /** `answer`, the very same, with an account of how it was made. For operators: it allocates. */
  explain(query: Uint8Array, length: number, reply: Uint8Array, about: QueryContext): { octets: number; trace: Trace } {
    const trace = new Trace();
    this.work.reply.trace = trace;
    try {
      return { octets: this.answer(query, length, reply, about), trace };
    } finally {
      this.work.reply.trace = undefined;
    }
  }

  /** The question itself. FORWARD for transfers; else the reply's sections are written. */
  private resolve(now: number): number {
    const { work } = this;
    const { query } = work;
    if (query.class !== RRClass.IN && query.class !== RRClass.ANY) {
      if (query.class === RRClass.CH && writeIdentity(work, this.nsid)) work.authoritative = true;
      else work.rcode = Rcode.Refused;
      return 0;
    }
    if (query.type === RRType.AXFR || query.type === RRType.IXFR) return FORWARD;
    if (query.type === RRType.NXNAME) {
      // RFC 9824 section 3.5.
      work.rcode = Rcode.FormErr;
      work.extendedError = ExtendedError.InvalidQueryType;
      return 0;
    }
    // A DS belongs to the parent's side of the cut (RFC 4035 section 3.1.4.1); the child says NODATA when we have no parent.
    const { name } = query;
    let entry = query.type === RRType.DS && name.labels > 0 ? this.zones.find(name, 1) : undefined;
    if (entry === undefined) entry = this.zones.find(name, 0);
    this.zone = entry;
    if (work.reply.trace) work.reply.trace.entry = entry;
    if (entry === undefined) {
      work.rcode = Rcode.Refused;
      work.extendedError = ExtendedError.NotAuthoritative;
    } else if (entry.state !== ZoneState.Serving) {
      work.rcode = Rcode.ServFail;
      work.extendedError = entry.state === ZoneState.Expired ? ExtendedError.InvalidData : ExtendedError.NotReady;
    } else {
      work.begin(entry, now);
      work.compactOk = entry.denial === Denial.Compact && query.dnssecOk && query.compactOk;
      assemble(work);
      // RFC 7314 section 3: with the zone's own SOA and nothing else.
      if (query.wantsExpire && query.type === RRType.SOA && name.labels === entry.apexLabels) {
        work.expireLeft = entry.expireLeft(now);
      }
      // With class ANY nobody can be sure to have told of all classes (RFC 1034 section 4.3.2).
      if (query.class === RRClass.ANY) work.authoritative = false;
    }
    return 0;
  }

  private checkCookie(about: QueryContext): CookieCheck {
    const { query } = this.work;
    if (!this.cookies || query.cookieAt === 0) return CookieCheck.New;
    return this.cookies.check(query.octets, query.cookieAt, query.cookieLength, about.clientAddress, about.nowSeconds);
  }

  /** Octets that the reply may have. */
  private space(tcp: boolean): number {
    const { query } = this.work;
    if (tcp) return 65535;
    if (!query.edns) return MIN_UDP_PAYLOAD;
    return Math.min(this.maxUdp, Math.max(MIN_UDP_PAYLOAD, query.payload));
  }

  /** OPT, then the header over everything. */
  private finish(tcp: boolean, cookie: CookieCheck, about: QueryContext): number {
    const { work } = this;
    const { query, reply } = work;
    if (query.edns) {
      reply.limit = reply.octets.length;
      this.opt.write(work, tcp, cookie, about.clientAddress);
      reply.counts[Section.Additional]!++;
    }
    const { octets, counts } = reply;
    octets[0] = query.octets[0]!;
    octets[1] = query.octets[1]!;
    // Opcode and RD as they came; AD, CD, Z and RA are zero in what an authoritative server says (RFC 4035 section 3.1.6).
    const flags =
      Flag.QR |
      ((query.flags & 0x79) << 8) |
      (work.authoritative ? Flag.AA : 0) |
      (reply.truncated ? Flag.TC : 0) |
      (work.rcode & 15);
    octets[2] = flags >>> 8;
    octets[3] = flags;
    octets[4] = 0;
    octets[5] = query.hasQuestion ? 1 : 0;
    for (let section = 0; section < 3; section++) {
      octets[6 + 2 * section] = counts[section]! >>> 8;
      octets[7 + 2 * section] = counts[section]!;
    }
    return Math.max(reply.at, HEADER);
  }
}
