/** The reply's OPT record (RFC 6891): how much room it takes, known before the records are written, and its octets. */
import { EdnsFlag, EdnsOption } from "#message";
import { RRType } from "#rdata";
import { CLIENT_COOKIE, type CookieCheck, type Cookies, SERVER_COOKIE } from "./cookies.ts";
import { MAX_NSID } from "./settings.ts";
import type { Work } from "./work.ts";

const OPT_FIXED = 11;
const OPTION_HEAD = 4;
const EXTENDED_ERROR = OPTION_HEAD + 2;
const KEEPALIVE = OPTION_HEAD + 2;
const EXPIRE = OPTION_HEAD + 4;

export class OptWriter {
  private readonly nsid: Uint8Array | undefined;
  private readonly payload: number;
  private readonly cookies: Cookies | undefined;
  /** In units of 100 milliseconds (RFC 7828 section 3.1); -1: the option is ignored. */
  private readonly keepalive: number;

  constructor(
    nsid: Uint8Array | undefined,
    payload: number,
    cookies: Cookies | undefined,
    tcpIdleSeconds: number | undefined,
  ) {
    this.nsid = nsid?.slice(0, MAX_NSID);
    this.payload = payload;
    this.cookies = cookies;
    this.keepalive = tcpIdleSeconds === undefined ? -1 : Math.min(0xffff, Math.round(10 * tcpIdleSeconds));
  }

  /**
   * Octets to keep free for OPT beside records. Extended errors that come up later stand beside records with ANY alone (any.ts),
   * and EXPIRE beside a SOA; with nothing but a question there is room for either.
   */
  length(work: Work, tcp: boolean): number {
    const { query } = work;
    if (!query.edns) return 0;
    let length = OPT_FIXED;
    if (query.type === RRType.ANY) length += EXTENDED_ERROR;
    if (query.wantsNsid && this.nsid) length += OPTION_HEAD + this.nsid.length;
    if (query.cookieAt > 0 && this.cookies) length += OPTION_HEAD + CLIENT_COOKIE + SERVER_COOKIE;
    if (tcp && query.wantsKeepalive && this.keepalive >= 0) length += KEEPALIVE;
    if (query.wantsExpire && query.type === RRType.SOA) length += EXPIRE;
    return length;
  }

  /** Writes OPT; there is room for it. `cookie`: what was found out about the query's. */
  write(work: Work, tcp: boolean, cookie: CookieCheck, address: Uint8Array): void {
    const { query, reply, rcode } = work;
    reply.octets[reply.at++] = 0;
    reply.u16(RRType.OPT);
    reply.u16(this.payload);
    reply.u16((rcode >>> 4) << 8);
    reply.u16((query.dnssecOk ? EdnsFlag.DO : 0) | (work.compactOk ? EdnsFlag.CO : 0));
    const lengthAt = reply.at;
    reply.u16(0);
    if (query.wantsNsid && this.nsid) {
      reply.u16(EdnsOption.Nsid);
      reply.u16(this.nsid.length);
      reply.copy(this.nsid, 0, this.nsid.length);
    }
    if (query.cookieAt > 0 && this.cookies) {
      reply.u16(EdnsOption.Cookie);
      reply.u16(CLIENT_COOKIE + SERVER_COOKIE);
      this.cookies.write(query.octets, query.cookieAt, cookie, address, work.now, reply.octets, reply.at);
      reply.at += CLIENT_COOKIE + SERVER_COOKIE;
    }
    if (tcp && query.wantsKeepalive && this.keepalive >= 0) {
      reply.u16(EdnsOption.TcpKeepalive);
      reply.u16(2);
      reply.u16(this.keepalive);
    }
    if (query.wantsExpire && work.expireLeft >= 0) {
      reply.u16(EdnsOption.Expire);
      reply.u16(4);
      reply.u16(work.expireLeft >>> 16);
      reply.u16(work.expireLeft & 0xffff);
    }
    if (work.extendedError >= 0) {
      reply.u16(EdnsOption.ExtendedError);
      reply.u16(2);
      reply.u16(work.extendedError);
    }
    const length = reply.at - lengthAt - 2;
    reply.octets[lengthAt] = length >>> 8;
    reply.octets[lengthAt + 1] = length;
  }
}
