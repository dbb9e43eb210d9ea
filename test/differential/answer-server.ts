/**
 * The room #answer behind plain Node sockets, without the rest of the product: zone text ▶ image ▶ Answerer ▶ UDP and TCP
 * on loopback. What differs here lies in zonefile, zone, image or answer; transfer and edge have their own suites.
 */
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Answerer, type ZoneSigning } from "#answer";
import { openCrypto } from "#crypto";
import { makeDs } from "#dnssec";
import { compileImage, SignatureTable, verifyImage, ZoneImage } from "#image";
import { makeKeyPair, openKeyPair, signRRset } from "#keys";
import type { Name } from "#name";
import { printName } from "#name";
import { printRdata, RRType } from "#rdata";
import { ZoneBuilder, type ZoneVersion } from "#zone";
import { readZoneFile } from "#zonefile";
import { freePort, LOOPBACK } from "../peers/index.ts";

export type AnswerServer = {
  readonly address: string;
  readonly port: number;
  /** DS of a live-signed zone in presentation format; "" otherwise. */
  readonly ds: string;
  stop(): Promise<void>;
};

export type LiveDenial = "compact" | "nsec3" | "chain";

const DNSKEY_TTL = 3600;

/** @param denial live signing with keys of its own making; left out: the zone is served as it came */
export async function serveZone(apex: Name, text: string, denial?: LiveDenial): Promise<AnswerServer> {
  const version = readVersion(apex, text);
  const compiled = compileImage(version, {
    treatment: denial ? "strip" : "as-is",
    ...(denial === "chain" ? { ownChain: { apexTypes: [RRType.DNSKEY] } } : {}),
  });
  if (!compiled.ok) throw new Error(compiled.error.text);
  const verified = verifyImage(compiled.value);
  if (!verified.ok) throw new Error(`the image doesn't verify: ${JSON.stringify(verified.error)}`);
  const image = new ZoneImage(compiled.value);
  const live = denial ? makeSigning(apex, image, denial) : undefined;
  const answerer = new Answerer({});
  answerer.zones.set({ apex, state: "serving", image, ...(live ? { signing: live.signing } : {}) });
  return listen(answerer, live?.ds ?? "");
}

export function readVersion(apex: Name, text: string): ZoneVersion {
  const records = readZoneFile(text, apex);
  if (!records.ok) throw new Error(`zone text, line ${records.error.line}: ${records.error.reason}`);
  const builder = new ZoneBuilder(apex);
  for (const { owner, type, ttl, rdata } of records.value) {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) throw new Error(`${printName(owner)}: ${added.error.code}`);
  }
  const finished = builder.finish();
  if (!finished.ok) throw new Error(finished.error.code);
  return finished.value;
}

function makeSigning(apex: Name, image: ZoneImage, denial: LiveDenial): { signing: ZoneSigning; ds: string } {
  const crypto = openCrypto();
  const [ksk, zsk] = [makeKeyPair("ksk"), makeKeyPair("zsk")];
  const [openKsk, openZsk] = [openKeyPair(crypto, ksk), openKeyPair(crypto, zsk)];
  if (!openKsk.ok || !openZsk.ok) throw new Error("keys just made can't be opened");
  const now = Math.floor(Date.now() / 1000);
  const rrset = { owner: apex, type: RRType.DNSKEY, ttl: DNSKEY_TTL, rdatas: [ksk.dnskey, zsk.dnskey] };
  const signature = signRRset(openKsk.value.signer, apex, rrset, {
    inception: now - 3600,
    expiration: now + 14 * 86400,
  });
  const ds = makeDs(apex, ksk.dnskey, 2, crypto);
  if (!ds) throw new Error("no DS");
  return {
    signing: {
      denial,
      signer: openZsk.value.signer,
      table: SignatureTable.create(image.rrsetCount, zsk.keyTag, 0),
      apexRRsets: [{ type: rrset.type, ttl: rrset.ttl, rdatas: rrset.rdatas, signatures: [signature] }],
    },
    ds: `${printName(apex)} IN DS ${printRdata(RRType.DS, ds)}`,
  };
}

async function listen(answerer: Answerer, ds: string): Promise<AnswerServer> {
  const port = await freePort();
  const about = { clientAddress: Uint8Array.of(127, 0, 0, 1), clientPort: 0 };
  const answer = (query: Uint8Array, transport: "udp" | "tcp"): Uint8Array | undefined => {
    const reply = new Uint8Array(65535);
    const nowSeconds = Math.floor(Date.now() / 1000);
    const length = answerer.answer(query, query.length, reply, { ...about, transport, nowSeconds });
    return length > 0 ? reply.subarray(0, length) : undefined;
  };
  const udp = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  udp.on("message", (query, from) => {
    const reply = answer(query, "udp");
    if (reply) udp.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, LOOPBACK, resolve));
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serveStream(socket, (query) => answer(query, "tcp"));
  });
  await new Promise<void>((resolve) => tcp.listen(port, LOOPBACK, resolve));
  return {
    address: LOOPBACK,
    port: (tcp.address() as AddressInfo).port,
    ds,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

function serveStream(socket: Socket, answer: (query: Uint8Array) => Uint8Array | undefined): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const reply = answer(Uint8Array.from(pending.subarray(2, end)));
      pending = pending.subarray(end);
      if (!reply) continue;
      socket.write(Uint8Array.of(reply.length >> 8, reply.length & 255));
      socket.write(reply);
    }
  });
}
