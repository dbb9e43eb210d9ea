/** What the demo asks of each zone, and what the answers have to be. */
import type { Message } from "#message";
import { RRType } from "#rdata";

export type Expectation = {
  /** Below the apex, without a final dot; "" is the apex. */
  readonly name: string;
  readonly type: number;
  readonly sentence: string;
  /** `compact` = RFC 9824, whose missing names come as NOERROR with NXNAME to those who set DO. */
  holds(reply: Message, compact: boolean): boolean;
};

const has = (reply: Message, type: number): boolean => reply.answer.some((record) => record.type === type);
const denies = (reply: Message): boolean =>
  reply.answer.length === 0 &&
  reply.authority.some((record) => record.type === RRType.SOA) &&
  reply.authority.some((record) => record.type === RRType.NSEC || record.type === RRType.NSEC3);
const refers = (reply: Message): boolean =>
  reply.answer.length === 0 && reply.authority.some((record) => record.type === RRType.NS);

const NOERROR = 0;
const NXDOMAIN = 3;

export const EXPECTATIONS: readonly Expectation[] = [
  { name: "", type: RRType.SOA, sentence: "SOA at the apex", holds: (reply) => has(reply, RRType.SOA) },
  { name: "web", type: RRType.AAAA, sentence: "an address", holds: (reply) => has(reply, RRType.AAAA) },
  {
    name: "www",
    type: RRType.A,
    sentence: "CNAME and its target",
    holds: (reply) => has(reply, RRType.CNAME) && has(reply, RRType.A),
  },
  {
    name: "any.thing.wild",
    type: RRType.TXT,
    sentence: "made from a wildcard",
    holds: (reply) => has(reply, RRType.TXT),
  },
  {
    name: "mail",
    type: RRType.AAAA,
    sentence: "no such type",
    holds: (reply) => reply.rcode === NOERROR && denies(reply),
  },
  {
    name: "_tcp",
    type: RRType.A,
    sentence: "an empty non-terminal",
    holds: (reply) => reply.rcode === NOERROR && denies(reply),
  },
  {
    name: "nowhere",
    type: RRType.A,
    sentence: "no such name",
    holds: (reply, compact) => denies(reply) && reply.rcode === (compact ? NOERROR : NXDOMAIN),
  },
  { name: "host.insecure", type: RRType.A, sentence: "referral, no DS proven", holds: refers },
  {
    name: "host.secure",
    type: RRType.A,
    sentence: "referral with DS",
    holds: (reply) => refers(reply) && reply.authority.some((record) => record.type === RRType.DS),
  },
];
