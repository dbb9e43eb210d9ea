/**
 * A TLS 1.3 client (RFC 8446) octet by octet, for what no library can be talked into: X25519, TLS_AES_128_GCM_SHA256, ALPN `dot`, no look at
 * who the server is. Records of any size, key updates without end.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const CLIENT_HELLO = 1;
const CERTIFICATE = 11;
const FINISHED = 20;
const KEY_UPDATE = 24;
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION = 23;
const NOTHING = new Uint8Array(0);

/** SubjectPublicKeyInfo of X25519, up to the key's 32 octets (RFC 8410). */
const X25519_SPKI = Buffer.from("302a300506032b656e032100", "hex");

type Direction = { secret: Buffer; key: Buffer; iv: Buffer; sequence: number };

export type TlsByHand = {
  readonly socket: Socket;
  /** As one record, or one for each `recordOctets`. */
  send(octets: Uint8Array, recordOctets?: number): void;
  /** So many KeyUpdate messages that ask for one in return (RFC 8446 section 4.6.3), in one buffer. */
  keyUpdates(count: number): Buffer;
  /** What came of application data since the handshake; grows. */
  readonly received: () => Buffer;
};

/** `helloOctets`: the ClientHello is sent in segments of so many, each when the one before it has gone. */
export async function connectByHand(
  to: { readonly host: string; readonly port: number; readonly localAddress?: string },
  helloOctets = Number.POSITIVE_INFINITY,
): Promise<TlsByHand> {
  const socket = connect({ ...to, noDelay: true });
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  const records = readRecords(socket);
  const own = generateKeyPairSync("x25519");
  const share = own.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const hello = clientHello(share);
  const transcript: Uint8Array[] = [hello];
  await sendInPieces(socket, record(HANDSHAKE, hello), helloOctets);

  const serverHello = (await records.next(HANDSHAKE)).subarray(5);
  transcript.push(serverHello);
  const publicKey = createPublicKey({
    key: Buffer.concat([X25519_SPKI, keyShare(serverHello)]),
    format: "der",
    type: "spki",
  });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey });
  const zeros = Buffer.alloc(32);
  const early = extract(zeros, zeros);
  const handshake = extract(derive(early, "derived", []), shared);
  const hand = {
    out: direction(derive(handshake, "c hs traffic", transcript)),
    in: direction(derive(handshake, "s hs traffic", transcript)),
  };
  const master = extract(derive(handshake, "derived", []), zeros);

  let flight = Buffer.alloc(0);
  for (let done = false; !done; ) {
    flight = Buffer.concat([flight, open(hand.in, await records.next(APPLICATION)).content]);
    while (flight.length >= 4 && flight.length >= 4 + flight.readUIntBE(1, 3)) {
      const message = flight.subarray(0, 4 + flight.readUIntBE(1, 3));
      transcript.push(message);
      done ||= message[0] === FINISHED;
      flight = flight.subarray(message.length);
    }
  }
  const app = {
    out: direction(derive(master, "c ap traffic", transcript)),
    in: direction(derive(master, "s ap traffic", transcript)),
  };
  // We were asked for a certificate and have none.
  const none = message(CERTIFICATE, Uint8Array.of(0, 0, 0, 0));
  transcript.push(none);
  const finishedKey = expand(hand.out.secret, "finished", NOTHING, 32);
  const verify = createHmac("sha256", finishedKey).update(hash(transcript)).digest();
  socket.write(seal(hand.out, HANDSHAKE, Buffer.concat([none, message(FINISHED, verify)])));

  let received = Buffer.alloc(0);
  records.rest((octets) => {
    const { type, content } = open(app.in, octets);
    if (type === APPLICATION) received = Buffer.concat([received, content]);
    else if (type === HANDSHAKE && content[0] === KEY_UPDATE) renew(app.in);
  });
  return {
    socket,
    send(octets, recordOctets = 1 << 14) {
      const parts: Buffer[] = [];
      for (let at = 0; at < octets.length; at += recordOctets)
        parts.push(seal(app.out, APPLICATION, octets.subarray(at, at + recordOctets)));
      socket.write(Buffer.concat(parts));
    },
    keyUpdates(count) {
      const parts: Buffer[] = [];
      for (let i = 0; i < count; i++) {
        parts.push(seal(app.out, HANDSHAKE, message(KEY_UPDATE, Uint8Array.of(1))));
        renew(app.out);
      }
      return Buffer.concat(parts);
    },
    received: () => received,
  };
}

async function sendInPieces(socket: Socket, octets: Uint8Array, size: number): Promise<void> {
  for (let at = 0; at < octets.length; at += size)
    await new Promise<void>((resolve) => socket.write(octets.subarray(at, at + size), () => resolve()));
}

/** Whole records as they come, with their headers; alerts before the keys are there end it. */
function readRecords(socket: Socket) {
  let pending = Buffer.alloc(0);
  const ready: Buffer[] = [];
  let wake: (() => void) | undefined;
  let take = (octets: Buffer): void => {
    ready.push(octets);
    wake?.();
  };
  socket.on("close", () => wake?.());
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 5 && pending.length >= 5 + pending.readUInt16BE(3)) {
      const octets = pending.subarray(0, 5 + pending.readUInt16BE(3));
      pending = pending.subarray(octets.length);
      // For middleboxes (RFC 8446 appendix D.4).
      if (octets[0] !== CHANGE_CIPHER_SPEC) take(octets);
    }
  });
  return {
    async next(type: number): Promise<Buffer> {
      while (ready.length === 0) {
        if (socket.destroyed) throw new Error("closed in the handshake");
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const octets = ready.shift()!;
      if (octets[0] !== type) throw new Error(`a record of type ${octets[0]}: ${octets.toString("hex")}`);
      return octets;
    },
    rest(handle: (octets: Buffer) => void): void {
      for (const octets of ready.splice(0)) handle(octets);
      take = handle;
    },
  };
}

function clientHello(share: Uint8Array): Buffer {
  const alpn = Buffer.from("dot");
  const extensions = [
    extension(43, Uint8Array.of(2, 3, 4)),
    extension(10, Uint8Array.of(0, 2, 0, 0x1d)),
    extension(13, Uint8Array.of(0, 6, 4, 3, 8, 4, 8, 7)),
    extension(51, Buffer.concat([Uint8Array.of(0, 36, 0, 0x1d, 0, 32), share])),
    extension(16, Buffer.concat([Uint8Array.of(0, 4, 3), alpn])),
  ];
  const all = Buffer.concat(extensions);
  const head = Buffer.concat([Uint8Array.of(3, 3), randomBytes(32), Uint8Array.of(0, 0, 2, 0x13, 1, 1, 0)]);
  return message(CLIENT_HELLO, Buffer.concat([head, Uint8Array.of(all.length >> 8, all.length), all]));
}

function extension(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(type >> 8, type, content.length >> 8, content.length), content]);
}

/** Of a ServerHello: the key of X25519. */
function keyShare(hello: Buffer): Buffer {
  let at = 4 + 2 + 32;
  at += 1 + hello[at]! + 3 + 2;
  while (at < hello.length) {
    const length = hello.readUInt16BE(at + 2);
    if (hello.readUInt16BE(at) === 51) return hello.subarray(at + 8, at + 4 + length);
    at += 4 + length;
  }
  throw new Error("no key share");
}

function message(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(type, 0, content.length >> 8, content.length), content]);
}

function record(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(type, 3, 3, content.length >> 8, content.length), content]);
}

function seal(way: Direction, type: number, content: Uint8Array): Buffer {
  const length = content.length + 1 + 16;
  const head = Uint8Array.of(APPLICATION, 3, 3, length >> 8, length);
  const cipher = createCipheriv("aes-128-gcm", way.key, nonce(way)).setAAD(head);
  return Buffer.concat([
    head,
    cipher.update(Buffer.concat([content, Uint8Array.of(type)])),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

function open(way: Direction, octets: Buffer): { readonly type: number; readonly content: Buffer } {
  const cipher = createDecipheriv("aes-128-gcm", way.key, nonce(way)).setAAD(octets.subarray(0, 5));
  cipher.setAuthTag(octets.subarray(-16));
  const plain = Buffer.concat([cipher.update(octets.subarray(5, -16)), cipher.final()]);
  let end = plain.length - 1;
  while (plain[end] === 0) end--;
  return { type: plain[end]!, content: plain.subarray(0, end) };
}

function nonce(way: Direction): Buffer {
  const octets = Buffer.from(way.iv);
  octets.writeUInt32BE((octets.readUInt32BE(8) ^ way.sequence++) >>> 0, 8);
  return octets;
}

function direction(secret: Buffer): Direction {
  return { secret, key: expand(secret, "key", NOTHING, 16), iv: expand(secret, "iv", NOTHING, 12), sequence: 0 };
}

function renew(way: Direction): void {
  Object.assign(way, direction(expand(way.secret, "traffic upd", NOTHING, 32)));
}

function extract(salt: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac("sha256", salt).update(secret).digest();
}

function derive(secret: Uint8Array, label: string, transcript: readonly Uint8Array[]): Buffer {
  return expand(secret, label, hash(transcript), 32);
}

/** HKDF-Expand-Label of one block (RFC 8446 section 7.1). */
function expand(secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Uint8Array.of(0, length, name.length),
    name,
    Uint8Array.of(context.length),
    context,
    Uint8Array.of(1),
  ]);
  return createHmac("sha256", secret).update(info).digest().subarray(0, length);
}

function hash(transcript: readonly Uint8Array[]): Buffer {
  const digest = createHash("sha256");
  for (const part of transcript) digest.update(part);
  return digest.digest();
}
