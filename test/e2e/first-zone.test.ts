/**
 * The main job from end to end: a zone comes in from Knot by AXFR with TSIG, and goes out unsigned, live-signed,
 * pre-signed and multi-signed; Unbound is the judge of every signature.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, type SigningMode, startCountersign, type ZoneStatus } from "../peers/countersign.ts";
import {
  freePort,
  LOOPBACK,
  makeTsigKey,
  type Peer,
  type PeerZone,
  queryUdp,
  signZone,
  startKnot,
  startUnbound,
  until,
} from "../peers/index.ts";

/** Nobody answers there: the watch on the parent has a test of its own, and these zones must not be asked about elsewhere. */
const NO_RESOLVER = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` };

const RRTYPE = { A: 1, SOA: 6, TXT: 16, DNSKEY: 48 } as const;
const NOERROR = 0;
const SERVFAIL = 2;
const NXDOMAIN = 3;

function zone(name: string, serial: number): PeerZone {
  const text = `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
www 300 IN TXT "serial ${serial}"
*.wild 300 IN A 192.0.2.20
deep.ent 300 IN A 192.0.2.30
alias 300 IN CNAME www
child 3600 IN NS ns.child
ns.child 3600 IN A 192.0.2.40
`;
  return { name, text };
}

type Answer = { readonly rcode: number; readonly answers: number; readonly ad: boolean; readonly aa: boolean };

async function ask(port: number, name: string, type: number, flags = 0): Promise<Answer> {
  const reply = await queryUdp({ address: LOOPBACK, port }, { name, type, flags, edns: { do: true } });
  return {
    rcode: reply[3]! & 15,
    answers: (reply[6]! << 8) | reply[7]!,
    ad: (reply[3]! & 0x20) !== 0,
    aa: (reply[2]! & 4) !== 0,
  };
}

/** What a validating resolver makes of the zone: existing, alias, wildcard, empty non-terminal, no such type, no such name, insecure child. */
async function judge(product: Countersign, name: string, anchors: readonly string[]): Promise<void> {
  const servers = [{ address: LOOPBACK, port: product.port }];
  const unbound = await startUnbound({ trustAnchors: anchors, stubs: [{ zone: name, servers }] });
  try {
    const resolve = (label: string, type: number) => ask(unbound.port, `${label}${name}`, type, 0x0100);
    for (const label of ["www.", "alias.", "any.wild."]) {
      expect(await resolve(label, RRTYPE.A), label).toMatchObject({ rcode: NOERROR, ad: true });
    }
    expect(await resolve("", RRTYPE.DNSKEY)).toMatchObject({ rcode: NOERROR, ad: true });
    expect(await resolve("ent.", RRTYPE.A)).toMatchObject({ rcode: NOERROR, ad: true, answers: 0 });
    expect(await resolve("www.", RRTYPE.SOA)).toMatchObject({ rcode: NOERROR, ad: true, answers: 0 });
    const missing = await resolve("missing.", RRTYPE.A);
    expect(missing).toMatchObject({ ad: true, answers: 0 });
    expect(missing.rcode).not.toBe(SERVFAIL);
  } finally {
    await unbound.stop();
  }
}

const tsig = makeTsigKey("transfer.example.", "hmac-sha256");

describe("from a Knot primary", () => {
  const names = [
    "plain.example.",
    "live.example.",
    "nsec3.example.",
    "chain.example.",
    "presigned.example.",
    "other.example.",
  ];
  let knot: Peer;
  let product: Countersign;

  beforeAll(async () => {
    const port = await freePort();
    const zones = names.map((name) => {
      const made = zone(name, 1);
      return name === "presigned.example." ? signZone(made, { denial: "nsec" }) : made;
    });
    knot = await startKnot({ zones, tsig, notify: [{ address: LOOPBACK, port }] });
    product = await startCountersign({ port, env: NO_RESOLVER });
  });
  afterAll(async () => {
    await product?.stop();
    await knot?.stop();
  });

  const add = async (name: string, mode: SigningMode): Promise<string> => {
    const id = await product.addZone({ name, primary: knot, tsig, mode });
    await product.served(id, name, 1);
    // What one worker answers the others answer when the zone's round has come to its end.
    await statusWhen(id, `${name} at rest`, (status) => status.phase === "idle");
    return id;
  };
  const statusWhen = (id: string, what: string, check: (status: ZoneStatus) => boolean) =>
    until(what, async () => {
      const status = await product.status(id);
      return check(status) ? status : undefined;
    });

  test("before its first transfer a zone answers SERVFAIL, from the moment that it was made", async () => {
    for (let i = 0; i < 5; i++) {
      await product.call("POST", "/client/v4/zones", { name: `empty${i}.example`, type: "secondary" });
      const answer = await ask(product.port, `www.empty${i}.example.`, RRTYPE.A);
      expect(answer).toMatchObject({ rcode: SERVFAIL, answers: 0 });
    }
  });

  test("unsigned, and a NOTIFY brings the next version", async () => {
    const id = await add("plain.example.", "unsigned");
    expect(await ask(product.port, "www.plain.example.", RRTYPE.A)).toEqual({
      rcode: NOERROR,
      answers: 1,
      ad: false,
      aa: true,
    });
    expect((await ask(product.port, "missing.plain.example.", RRTYPE.A)).rcode).toBe(NXDOMAIN);
    await knot.replaceZone(zone("plain.example.", 2));
    const status = await statusWhen(id, "serial 2 everywhere", (each) => each.serials.served === 2);
    expect(status.serials).toMatchObject({ primary: 2, stored: 2, served: 2 });
  });

  test.each([
    ["live.example.", "live"],
    ["nsec3.example.", "live-nsec3"],
    ["chain.example.", "live-chain"],
  ] as const)("%s in mode %s validates", async (name, mode) => {
    const id = await add(name, mode);
    const status = await product.status(id);
    expect(status).toMatchObject({ mode: "live", serving: "serving", held: null });
    await judge(product, name, status.dnssec.ds);
  });

  test("pre-signed: the primary's own signatures validate", async () => {
    const id = await add("presigned.example.", "presigned");
    const status = await product.status(id);
    expect(status).toMatchObject({ mode: "presigned", held: null });
    await judge(product, "presigned.example.", status.dnssec.ds);
  });

  test("a zone without signatures is held in pre-signed mode, and served when the mode allows it", async () => {
    const id = await product.addZone({ name: "other.example.", primary: knot, tsig, mode: "presigned" });
    const held = await statusWhen(id, "other.example. held", (status) => status.held !== null);
    expect(held.held?.code).toBe("dnssec.presigned-without-dnskey");
    expect(held.serving).toBe("not-ready");
    expect((await ask(product.port, "www.other.example.", RRTYPE.A)).rcode).toBe(SERVFAIL);
    await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { dnssec_presigned: false });
    await product.served(id, "other.example.", 1);
    expect(await product.status(id)).toMatchObject({ mode: "unsigned", held: null, serving: "serving" });
  });

  test("modes are switched without asking the primary and without a moment of no answer", async () => {
    const id = (await product.call("GET", "/client/v4/zones?name=presigned.example")) as { id: string }[];
    const path = `/client/v4/zones/${id[0]!.id}/dnssec`;
    for (const edit of [
      { status: "active", dnssec_presigned: false },
      { dnssec_use_nsec3: true },
      { dnssec_use_nsec3: false, dnssec_multi_signer: true },
      { dnssec_multi_signer: false, dnssec_presigned: true },
    ]) {
      await product.call("PATCH", path, edit);
      const status = await product.status(id[0]!.id);
      expect(status.held, JSON.stringify(edit)).toBeNull();
      expect((await ask(product.port, "www.presigned.example.", RRTYPE.A)).rcode).toBe(NOERROR);
      await judge(product, "presigned.example.", status.dnssec.ds);
    }
  });

  test("SIGTERM ends it with 0; a restart serves every zone without the primary", async () => {
    const before = await product.status(
      ((await product.call("GET", "/client/v4/zones?name=live.example")) as { id: string }[])[0]!.id,
    );
    await knot.process.stop();
    const { directory, port } = product;
    await product.process.stop();
    expect(await product.process.ended).toBe(0);
    product = await startCountersign({ directory, port, env: NO_RESOLVER });
    for (const name of ["plain.example.", "live.example.", "nsec3.example.", "chain.example.", "presigned.example."]) {
      expect((await ask(product.port, `www.${name}`, RRTYPE.TXT)).rcode, name).toBe(NOERROR);
    }
    await judge(product, "live.example.", before.dnssec.ds);
  });
});

test("multi-signer: answers of both signers validate whichever DNSKEY set is cached", async () => {
  const name = "multi.example.";
  const port = await freePort();
  const knot = await startKnot({
    zones: [zone(name, 1)],
    tsig,
    signing: "automatic",
    notify: [{ address: LOOPBACK, port }],
  });
  const product = await startCountersign({ port, env: NO_RESOLVER });
  try {
    const id = await product.addZone({ name, primary: knot, tsig, mode: "multisigner" });
    await product.served(id, name);
    const status = await product.status(id);
    expect(status).toMatchObject({ mode: "multisigner", held: null });
    const keys = status.dnssec.dnskeys;
    expect(keys.filter((key) => / DNSKEY 257 /.test(key))).toHaveLength(2);
    expect(keys.length).toBeGreaterThanOrEqual(3);
    await judge(product, name, status.dnssec.ds);
  } finally {
    await product.stop();
    await knot.stop();
  }
});

test("a zone whose primary is away for longer than EXPIRE is not answered, and is again once it is taken off its primary", async () => {
  const name = "expiring.example.";
  const made = zone(name, 1);
  const knot = await startKnot({ zones: [{ name, text: made.text.replace("600 86400 300", "600 15 300") }], tsig });
  const product = await startCountersign({ env: NO_RESOLVER });
  try {
    const id = await product.addZone({ name, primary: knot, tsig, mode: "live" });
    await product.served(id, name);
    await knot.stop();
    const rcodeBecomes = (rcode: number) =>
      until(
        `RCODE ${rcode}`,
        async () => ((await ask(product.port, `www.${name}`, RRTYPE.A)).rcode === rcode ? true : undefined),
        60_000,
      );
    await rcodeBecomes(SERVFAIL);
    expect((await product.status(id)).serving).toBe("expired");
    await product.call("DELETE", `/client/v4/zones/${id}/secondary_dns/incoming`);
    await rcodeBecomes(NOERROR);
    expect((await product.status(id)).serving).toBe("serving");
  } finally {
    await product.stop();
    await knot.stop();
  }
}, 180_000);
