/** Zones and questions for the tests of this room: a small image, and messages in and out through #message. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { generateKeyPair } from "#crypto";
import { KSK_FLAGS, keyTag, ZSK_FLAGS } from "#dnssec";
import { compileImage, SignatureTable, verifyImage, type ZoneImage } from "#image";
import { buildQuery, EdnsFlag, type Message, parseMessage, queryEdns } from "#message";
import { type Name, readName } from "#name";
import { askTcp, askUdp, type SocketAddress } from "#net";
import type { Publication, PublishedSigning } from "#publish";
import { RRType } from "#rdata";
import { DEFAULT_ZONE_LIMITS, ZoneBuilder } from "#zone";
import { readZoneFile } from "#zonefile";

export function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(`${text}: ${read.error}`);
  return read.value;
}

export function zoneText(serial: number): string {
  return `@ 3600 SOA ns.example. host.example. ${serial} 3600 600 86400 300
@ 3600 NS ns.example.
ns 3600 A 192.0.2.53
www 300 A 192.0.2.80
`;
}

export function imageOf(apex: Name, text: string, treatment: "as-is" | "strip" = "as-is"): ZoneImage {
  const records = readZoneFile(text, apex, { defaultTtl: 3600 });
  if (!records.ok) throw new Error(records.error.reason);
  const builder = new ZoneBuilder(apex, DEFAULT_ZONE_LIMITS);
  for (const { owner, type, ttl, rdata } of records.value) {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) throw new Error(JSON.stringify(added.error));
  }
  const version = builder.finish();
  if (!version.ok) throw new Error(JSON.stringify(version.error));
  const compiled = compileImage(version.value, { treatment });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(verified.error.text);
  return verified.value;
}

export function publicationOf(zoneId: string, generation: number, apexText = "example."): Publication {
  const apex = name(apexText);
  return { zoneId, generation, apex, state: "serving", image: imageOf(apex, zoneText(generation)).buffer };
}

/** A live-signed zone, with so many more names; its DNSKEYs stand unsigned, which the edge does not mind. */
export function livePublicationOf(
  zoneId: string,
  generation: number,
  more = 0,
): { publication: Publication; table: SignatureTable } {
  const apex = name("example.");
  const hosts = Array.from({ length: more }, (_, i) => `host${i} 300 A 192.0.2.1\n`);
  const image = imageOf(apex, zoneText(generation) + hosts.join(""), "strip");
  const pair = generateKeyPair(13);
  const zsk = pair.dnskey(ZSK_FLAGS);
  const tag = keyTag(zsk);
  const table = SignatureTable.create(image.rrsetCount, tag, 0);
  const signing: PublishedSigning = {
    denial: "compact",
    zsk: { keyTag: tag, algorithm: 13, privateKey: pair.privateKey },
    apexRRsets: [
      { type: RRType.DNSKEY, ttl: 3600, rdatas: [zsk, generateKeyPair(13).dnskey(KSK_FLAGS)], signatures: [] },
    ],
    signatureTable: table.buffer,
  };
  return { publication: { zoneId, generation, apex, state: "serving", image: image.buffer, signing }, table };
}

export function question(owner: string, type: number = RRType.A, dnssec = false, id = 1): Uint8Array {
  const edns = dnssec ? queryEdns(EdnsFlag.DO) : undefined;
  return buildQuery({ id, name: name(owner), type, edns });
}

export async function ask(
  at: SocketAddress,
  transport: "udp" | "tcp",
  owner: string,
  type: number = RRType.A,
  dnssec = false,
): Promise<Message> {
  const asked = question(owner, type, dnssec, Math.floor(Math.random() * 65536));
  const answer = await (transport === "udp" ? askUdp : askTcp)(asked, { server: at, timeoutMs: 5000 });
  if (!answer.ok) throw new Error(`${transport} ${owner}: ${answer.error.code} ${answer.error.detail}`);
  const message = parseMessage(answer.value);
  if (!message.ok) throw new Error("answer does not parse");
  return message.value;
}

/** Sends octets and waits for nothing. */
export async function throwAt(at: SocketAddress, octets: Uint8Array): Promise<void> {
  const socket = createSocket(at.address.includes(":") ? "udp6" : "udp4");
  socket.send(octets, at.port, at.address);
  await once(socket, "listening");
  await new Promise((resolve) => setTimeout(resolve, 10));
  socket.close();
}
