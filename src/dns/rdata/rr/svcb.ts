/**
 * SVCB: service binding, RFC 9460 section 2.2. The target is never compressed and keeps its case; keys strictly ascend.
 *
 *   | SvcPriority 16 | TargetName name | ( SvcParamKey 16 | length 16 | SvcParamValue )* |
 */
import type { Reader } from "#bytes";
import type { Copier } from "../copier.ts";
import type { Draft } from "../draft.ts";
import { plainName, u16 } from "../fields/index.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import type { TokenReader } from "../tokens.ts";
import { checkParameter, printParameter, readParameter } from "./svcb-parameters.ts";

const parameters: Field = {
  copy: copyParameters,
  print: (r) => {
    const texts: string[] = [];
    // Every turn takes at least four octets, or fails.
    while (r.remaining > 0) texts.push(printOne(r));
    return texts.length === 0 ? undefined : texts.join(" ");
  },
  read: readParameters,
  skip: (rdata) => rdata.length,
};

function copyParameters(c: Copier): void {
  let last = -1;
  // Every turn takes at least four octets, or fails.
  while (!c.failed && c.remaining > 0) {
    const key = c.peekU16(0);
    const length = c.peekU16(2);
    const start = c.at + 4;
    c.copy(4 + length);
    if (key <= last || c.failed || !checkParameter(key, c.source.subarray(start, start + length))) c.failed = true;
    last = key;
  }
}

function printOne(r: Reader): string {
  const key = r.u16();
  const value = r.bytes(r.u16());
  if (!checkParameter(key, value)) r.fail();
  return r.failed ? "" : printParameter(key, value);
}

function readParameters(t: TokenReader, d: Draft): void {
  const values = new Map<number, Uint8Array>();
  while (!t.finished) {
    const parameter = readParameter(t.next());
    if (!parameter || values.has(parameter.key)) t.fail("bad-service-parameter");
    else values.set(parameter.key, parameter.value);
  }
  for (const key of [...values.keys()].sort((a, b) => a - b)) {
    const value = values.get(key)!;
    d.u16(key);
    d.u16(value.length);
    d.bytes(value);
  }
}

export const SVCB: RRTypeSpec = { code: 64, name: "SVCB", fields: [u16, plainName, parameters], target: 1 };
