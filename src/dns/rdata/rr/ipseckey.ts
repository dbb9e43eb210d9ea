/**
 * IPSECKEY: key for IPsec, RFC 4025 section 2.1. The gateway is nothing, an IPv4 or IPv6 address, or an uncompressed
 * name, as the gateway type says.
 *
 *   | precedence 8 | gateway type 8 | algorithm 8 | gateway | public key |
 */
import type { Reader } from "#bytes";
import { printName } from "#name";
import type { Copier } from "../copier.ts";
import type { Draft } from "../draft.ts";
import { base64ToEnd, ipv4, ipv6, plainName } from "../fields/index.ts";
import { takeName } from "../readers.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import type { TokenReader } from "../tokens.ts";

/** RFC 4025 section 2.3. */
const GatewayType = { None: 0, Ipv4: 1, Ipv6: 2, Name: 3 } as const;

const body: Field = {
  copy: (c) => {
    const gatewayType = c.peek(1);
    c.copy(3);
    copyGateway(c, gatewayType);
    c.copy(c.remaining);
  },
  print: (r) => {
    const precedence = r.u8();
    const gatewayType = r.u8();
    const algorithm = r.u8();
    const gateway = printGateway(r, gatewayType);
    const key = r.remaining > 0 ? ` ${base64ToEnd.print(r)}` : "";
    return `${precedence} ${gatewayType} ${algorithm} ${gateway}${key}`;
  },
  read: (t, d) => {
    d.u8(t.number(255));
    const gatewayType = t.number(3);
    d.u8(gatewayType);
    d.u8(t.number(255));
    readGateway(t, d, gatewayType);
    if (!t.finished) base64ToEnd.read(t, d);
  },
  skip: (rdata) => rdata.length,
};

function copyGateway(c: Copier, gatewayType: number): void {
  if (gatewayType === GatewayType.Ipv4) c.copy(4);
  else if (gatewayType === GatewayType.Ipv6) c.copy(16);
  else if (gatewayType === GatewayType.Name) c.name(false);
  else if (gatewayType !== GatewayType.None) c.failed = true;
}

function printGateway(r: Reader, gatewayType: number): string {
  if (gatewayType === GatewayType.Ipv4) return ipv4.print(r)!;
  if (gatewayType === GatewayType.Ipv6) return ipv6.print(r)!;
  if (gatewayType === GatewayType.Name) return printName(takeName(r));
  return ".";
}

function readGateway(t: TokenReader, d: Draft, gatewayType: number): void {
  if (gatewayType === GatewayType.Ipv4) ipv4.read(t, d);
  else if (gatewayType === GatewayType.Ipv6) ipv6.read(t, d);
  else if (gatewayType === GatewayType.Name) plainName.read(t, d);
  else if (t.next() !== ".") t.fail("bad-name");
}

export const IPSECKEY: RRTypeSpec = { code: 45, name: "IPSECKEY", fields: [body] };
