/** One question and its answer with another server: UDP first, TCP when truncated, nothing believed that was not asked for. */
import { fail, ok, type Result } from "#bytes";
import { buildQuery, EdnsFlag, Flag, type Message, parseMessage, queryEdns, Rcode, rcodeName } from "#message";
import { type Name, nameEquals } from "#name";
import { askTcp, askUdp, type NetError, printSocketAddress, randomId, type SocketAddress } from "#net";
import { RRClass } from "#rdata";

export type ExchangeFault = { readonly code: string; readonly text: string };

export type Question = {
  readonly name: Name;
  readonly type: number;
  /** To a resolver: recursion is desired. To an authoritative server: not. */
  readonly recursion: boolean;
};

export type Exchange = (question: Question, server: SocketAddress) => Promise<Result<Message, ExchangeFault>>;

/** How long one server is waited for, and how often it is asked by UDP. */
export type ExchangeLimits = { readonly timeoutMs: number; readonly tries: number };

export const EXCHANGE_LIMITS: ExchangeLimits = { timeoutMs: 2000, tries: 2 };

/** An exchange over real sockets. Any RCODE is an answer; the caller judges it. */
export function makeExchange(limits: ExchangeLimits = EXCHANGE_LIMITS): Exchange {
  return async (question, server) => {
    const where = printSocketAddress(server);
    const first = await ask(question, server, true, limits);
    if (!first.ok) return fail({ code: first.error.code, text: `${where}: ${first.error.detail}` });
    let octets = first.value;
    // A server from before EDNS says FORMERR or NOTIMP to an OPT record (RFC 6891 section 7).
    const rcode = octets[3]! & 15;
    if (rcode === Rcode.FormErr || rcode === Rcode.NotImp) {
      const plain = await ask(question, server, false, limits);
      if (plain.ok) octets = plain.value;
    }
    const message = parseMessage(octets);
    if (!message.ok) return fail({ code: `message.${message.error}`, text: `${where}: ${message.error}` });
    const asked = message.value.question[0];
    // Without a question only an error can be taken for an answer to ours.
    const answersOurs =
      asked === undefined
        ? message.value.rcode !== Rcode.NoError
        : asked.type === question.type && asked.class === RRClass.IN && nameEquals(asked.name, question.name);
    if (!answersOurs) return fail({ code: "message.other-question", text: `${where}: an answer to another question` });
    return ok(message.value);
  };
}

async function ask(
  question: Question,
  server: SocketAddress,
  withEdns: boolean,
  limits: ExchangeLimits,
): Promise<Result<Uint8Array, NetError>> {
  const { timeoutMs } = limits;
  let last: NetError = { code: "net.timeout", detail: "not asked" };
  for (let attempt = 0; attempt < limits.tries; attempt++) {
    const query = buildQuery({
      id: randomId(),
      name: question.name,
      type: question.type,
      flags: question.recursion ? Flag.RD : 0,
      edns: withEdns ? queryEdns(EdnsFlag.DO) : undefined,
    });
    const answer = await askUdp(query, { server, timeoutMs });
    if (!answer.ok) {
      last = answer.error;
      if (last.code !== "net.timeout") break;
      continue;
    }
    const truncated = answer.value.length >= 4 && (((answer.value[2]! << 8) | answer.value[3]!) & Flag.TC) !== 0;
    return truncated ? askTcp(query, { server, timeoutMs }) : answer;
  }
  return fail(last);
}

/** `REFUSED`, for sentences. */
export function rcodeText(message: Message): string {
  return rcodeName(message.rcode);
}
