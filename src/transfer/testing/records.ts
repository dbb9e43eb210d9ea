/** Records of a transfer's tests, as lines: `OWNER TYPE RDATA`, TTL 300. Throws on what is none. */
import type { ResourceRecord } from "#message";
import { type Name, readName } from "#name";
import { readRdata, typeCode } from "#rdata";

export function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

export function record(line: string): ResourceRecord {
  const [owner, mnemonic, ...tokens] = line.split(" ");
  const type = typeCode(mnemonic!)!;
  const rdata = readRdata(type, tokens);
  if (!rdata.ok) throw new Error(`${line}: ${rdata.error}`);
  return { owner: name(owner!), type, ttl: 300, rdata: rdata.value };
}

/** Of `example.`, with EXPIRE 86400. */
export function soa(serial: number, mname = "ns.example."): ResourceRecord {
  return record(`example. SOA ${mname} h.example. ${serial} 3600 600 86400 300`);
}
