/** Every noun and verb against the real server, with Knot as the primary. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  DnsRecord,
  Dnssec,
  EventRow,
  Peer as PeerResource,
  PeerTransport,
  Transfer,
  Tsig,
  Zone,
  ZoneStatus,
  Zsk,
} from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import {
  freePort,
  LOOPBACK,
  makeDirectory,
  makeTsigKey,
  type Peer,
  removeDirectory,
  startKnot,
} from "../peers/index.ts";
import { commandLineOf, countersign } from "./command-line.ts";

const NAMES = ["first.example.", "second.example.", "third.example."];
const tsig = makeTsigKey("transfer.example.", "hmac-sha256");

const zone = (name: string, serial: number) => ({
  name,
  text: `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
@ 3600 IN MX 10 mail
ns1 3600 IN A 192.0.2.1
mail 300 IN A 192.0.2.2
txt 300 IN TXT "\\027[2J"
`,
});

let knot: Peer;
let product: Countersign;
let cli: ReturnType<typeof commandLineOf>;
let directory: string;
const from = () => `${LOOPBACK}:${knot.port}`;

beforeAll(async () => {
  const port = await freePort();
  directory = makeDirectory("cli");
  knot = await startKnot({ zones: NAMES.map((name) => zone(name, 1)), tsig, notify: [{ address: LOOPBACK, port }] });
  product = await startCountersign({
    port,
    env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_NAMESERVERS: "ns1.secondary.example" },
  });
  cli = commandLineOf(product);
  await cli.ok("tsig", "add", tsig.name, "--algorithm", tsig.algorithm, "--secret", tsig.secret);
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  removeDirectory(directory);
});

const addWaiting = (name: string) => cli.run("zone", "add", name, "--peer", from(), "--tsig", tsig.name, "--wait");

describe("zones", () => {
  test("an empty list says what to do", async () => {
    expect(await cli.ok("zone", "list")).toMatch(/countersign zone add/);
    expect(await cli.json("zone", "list")).toEqual([]);
  });

  test("added with a primary by address, waited for, shown, listed", async () => {
    const { code, out, err } = await addWaiting("First.Example.");
    expect({ code, out }).toEqual({ code: 0, out: "first.example is served with serial 1.\n" });
    expect(err).toContain(`peer ${from()} is added`);
    expect(err).toContain("serial 1");
    const shown = await cli.json<Zone & { countersign: ZoneStatus }>("zone", "show", "first.example");
    expect(shown).toMatchObject({ name: "first.example", type: "secondary", name_servers: ["ns1.secondary.example"] });
    expect(shown.countersign).toMatchObject({ mode: "unsigned", serving: "serving", serials: { served: 1 } });
    const text = await cli.ok("zone", "show", shown.id);
    expect(text).toMatch(/serials +notified none, primary 1, stored 1, served 1\n/);
    expect(await cli.ok("zone", "list")).toMatch(
      new RegExp(`^ZONE +DELEGATION .*\nfirst\\.example +pending .* ${shown.id}\n$`),
    );
    expect(await cli.ok("zone", "list", "--long")).toMatch(/first\.example +unsigned +disabled +serving +1 +6 +-\n/);
  });

  test("the next zone uses the peer that is known at the address", async () => {
    expect(await addWaiting("second.example")).toMatchObject({ code: 0 });
    expect(await cli.json<PeerResource[]>("peer", "list")).toHaveLength(1);
  });

  test("what is refused leaves nothing behind", async () => {
    const words = ["zone", "add", "third.example", "--peer", `${LOOPBACK}:5399`, "--refresh", "5"];
    const { code, out, err } = await cli.run(...words);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/auto_refresh_seconds must be within .*\(incoming\.refresh-out-of-range\)\n$/);
    expect(await cli.run("zone", "show", "third.example")).toMatchObject({ code: 4, out: "" });
    expect(await cli.json<PeerResource[]>("peer", "list")).toHaveLength(1);
  });

  test("when the primary can't be used, --wait says why, and the zone can be given another", async () => {
    const words = ["zone", "add", "third.example", "--peer", `${LOOPBACK}:1`, "--wait"];
    const { code, err } = await cli.run(...words);
    expect(code).toBe(1);
    expect(err).toMatch(/third\.example: no primary could be used: .*ECONNREFUSED/);
    expect(await cli.ok("zone", "set", "third.example", "--peer", from(), "--refresh", "600")).toMatch(
      /: 1 peer, .*600 s/,
    );
    await cli.ok("transfer", "now", "third.example", "--wait");
    expect((await cli.json<ZoneStatus>("transfer", "status", "third.example")).serials.served).toBe(1);
    await cli.ok("peer", "remove", `${LOOPBACK}:1`);
  });

  test("added twice is refused; removed is gone", async () => {
    expect((await addWaiting("first.example")).err).toMatch(/already exists\. \(zone\.exists\)\n$/);
    expect(await cli.ok("zone", "remove", "third.example")).toBe("third.example is removed.\n");
    expect(await cli.run("zone", "remove", "third.example")).toMatchObject({ code: 4 });
  });
});

describe("transfers", () => {
  test("now, without waiting and with", async () => {
    expect(await cli.json("transfer", "now", "first.example")).toBe("OK");
    expect(await cli.ok("transfer", "now", "first.example", "--wait")).toBe("first.example is served with serial 1.\n");
  });

  test("status shows serials, peers and attempts", async () => {
    const status = await cli.json<ZoneStatus & { transfers: Transfer[] }>(
      "transfer",
      "status",
      "first.example",
      "--limit",
      "2",
    );
    expect(status.transfers).toHaveLength(2);
    expect(status.transfers[0]).toMatchObject({ outcome: "taken", reason: "operator", serial_after: 1 });
    const text = await cli.ok("transfer", "status", "first.example");
    expect(text).toMatch(/^STARTED +FROM +KIND/m);
    expect(text).toMatch(/axfr +tcp +operator +taken +1 > 1 /);
    expect(text).toContain(`\n  ${from()}\n`);
  });

  test("a zone without peers can't be transferred", async () => {
    await cli.ok("zone", "add", "lonely.example");
    const { code, err } = await cli.run("transfer", "now", "lonely.example");
    expect(code).toBe(4);
    expect(err).toMatch(/countersign zone set ZONE --peer.*\(incoming\.not-found\)/);
    await cli.ok("zone", "remove", "lonely.example");
  });
});

describe("records", () => {
  test("as a table, filtered, cleaned", async () => {
    const text = await cli.ok("records", "first.example", "--type", "a,mx");
    expect(text.split("\n").map((line) => line.trim().split(/ +/).slice(0, 4).join(" "))).toEqual([
      "NAME TTL TYPE CONTENT",
      "first.example 3600 MX 10",
      "mail.first.example 300 A 192.0.2.2",
      "ns1.first.example 3600 A 192.0.2.1",
      "",
    ]);
    expect(await cli.ok("records", "first.example", "--name", "txt.first.example")).toContain('"\\027[2J"');
  });

  test("as JSON one array over all pages", async () => {
    expect(await cli.json<DnsRecord[]>("records", "first.example")).toHaveLength(6);
    expect(await cli.json<DnsRecord[]>("records", "first.example", "--limit", "4")).toHaveLength(4);
    expect(await cli.json<DnsRecord[]>("records", "first.example", "--type", "CAA")).toEqual([]);
  });

  test("export to standard output, to a file, as a JSON string", async () => {
    const text = await cli.ok("export", "first.example");
    expect(text).toMatch(/^first\.example\.\t3600\tIN\tSOA\t/m);
    expect(await cli.json<string>("export", "first.example")).toBe(text);
    const file = join(directory, "first.zone");
    await cli.ok("export", "first.example", "--output", file);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(await cli.run("export", "first.example", "--output", file)).toMatchObject({ code: 2 });
  });
});

describe("DNSSEC", () => {
  const show = (name: string) =>
    cli.json<Dnssec & { countersign: ZoneStatus["dnssec"] & { mode: string } }>("dnssec", "show", name);

  test("off: says how to switch it on", async () => {
    expect(await cli.ok("dnssec", "show", "first.example")).toMatch(
      /status +off\n[\s\S]*countersign dnssec mode first\.example live/,
    );
    expect(await cli.ok("dnssec", "zsk", "first.example")).toMatch(/has no keys yet/);
  });

  test("live: what registrars of both families ask for, and what to do there", async () => {
    const text = await cli.ok("dnssec", "mode", "first.example", "live-signing", "--denial", "chain");
    const now = await show("first.example");
    expect(now).toMatchObject({ status: "pending", countersign: { mode: "live", denial: "chain" } });
    expect(text).toMatch(new RegExp(`key tag +${now.key_tag}\n`));
    expect(text).toMatch(new RegExp(`digest +${now.digest}\n`));
    expect(text).toContain(`in one line  ${now.ds}\n`);
    expect(text).toMatch(/flags +257 +key signing key \(KSK\)\n/);
    expect(text).toMatch(/algorithm +13 +ECDSA Curve P-256 with SHA-256/);
    expect(text).toContain(now.public_key!);
    for (const line of now.countersign.dnskeys) expect(text).toContain(`  ${line}  ; `);
    expect(text).toContain(`next\n  ${now.countersign.next_step}\n`);
    const keys = await cli.json<Zsk[]>("dnssec", "zsk", "first.example");
    expect(await cli.ok("dnssec", "zsk", "first.example")).toContain(
      `\n  first.example. 3600 IN DNSKEY 256 3 13 ${keys[0]!.DNSKEY.PublicKey}\n`,
    );
  });

  test("one mode after the other, and what the API then says", async () => {
    await cli.ok("dnssec", "mode", "first.example", "multisigner", "--nsec3");
    expect(await show("first.example")).toMatchObject({
      dnssec_multi_signer: true,
      dnssec_use_nsec3: true,
      dnssec_presigned: false,
    });
    await cli.ok("dnssec", "mode", "first.example", "live", "--denial", "compact");
    expect(await show("first.example")).toMatchObject({
      dnssec_multi_signer: false,
      dnssec_use_nsec3: false,
      countersign: { denial: "compact" },
    });
  });

  test("pre-signed without signatures is held, and shown as held", async () => {
    // As the manual writes it in words.
    await cli.ok("dnssec", "mode", "second.example", "Pre-signed");
    const text = await cli.ok("dnssec", "show", "second.example");
    expect(text).toMatch(/mode +presigned\n[\s\S]*held +serial 1: .*no DNSKEY/);
    expect(await cli.run("transfer", "now", "second.example", "--wait")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/serial 1 was transferred and is held: .*no DNSKEY/) as string,
    });
    await cli.ok("dnssec", "mode", "second.example", "unsigned");
    expect(await show("second.example")).toMatchObject({ modified_on: null, dnssec_presigned: false });
  });

  test("deleting wants a disable first, and says so", async () => {
    const { code, err } = await cli.run("dnssec", "delete", "first.example");
    expect(code).toBe(1);
    expect(err).toMatch(/countersign dnssec disable ZONE.*\(dnssec\.delete-not-disabled\)/);
    expect(await cli.ok("dnssec", "disable", "first.example")).toMatch(/status +disabled/);
    expect(await cli.ok("dnssec", "enable", "first.example")).toMatch(/status +pending/);
    await cli.ok("dnssec", "disable", "first.example");
    await cli.ok("dnssec", "delete", "first.example");
    expect((await show("first.example")).ds).toBeNull();
  });

  test.each([
    [["sideways"], /no mode; choose one of unsigned, live, presigned, multisigner/],
    [["unsigned", "--nsec3"], /denies nothing/],
    [["presigned", "--denial", "nsec3"], /the primary makes the denial/],
    [["live", "--denial", "chain", "--nsec3"], /contradict/],
    [["live", "--denial", "black-lies"], /Allowed choices are compact, chain, nsec3/],
  ])("mode %j is wrong usage", async (words, sentence) => {
    const { code, out, err } = await cli.run("dnssec", "mode", "first.example", ...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(sentence);
  });
});

describe("peers, TSIGs, ACLs", () => {
  test("a TSIG without a secret gets one, and the lines for the primary", async () => {
    const text = await cli.ok("tsig", "add", "made.example", "--algorithm", "hmac-sha512");
    const made = await cli.json<Tsig>("tsig", "show", "made.example.");
    expect(Buffer.from(made.secret, "base64")).toHaveLength(64);
    for (const program of ["Knot DNS", "BIND", "NSD", "PowerDNS"]) expect(text).toContain(`# ${program}\n`);
    expect(text.split(made.secret)).toHaveLength(5);
    const list = await cli.ok("tsig", "list");
    expect(list).toMatch(/made\.example +hmac-sha512/);
    expect(list).toMatch(new RegExp(`^transfer\\.example\\. +hmac-sha256 +${from()} `, "m"));
    expect(list).not.toContain(made.secret);
  });

  test("a peer by name with a TSIG, used by a zone, not to be removed before it", async () => {
    await cli.ok("peer", "add", "whole", "192.0.2.99", "--no-ixfr");
    expect(await cli.ok("peer", "list")).toMatch(/^whole +192\.0\.2\.99:53 +- +no /m);
    await cli.ok("peer", "add", "paris", "[2001:db8::53]:5300", "--tsig", "made.example");
    expect(await cli.ok("peer", "show", "paris")).toMatch(/address +\[2001:db8::53\]:5300\n +TSIG +made\.example\n/);
    expect(await cli.ok("peer", "list")).toMatch(/^paris +\[2001:db8::53\]:5300 +made\.example +yes /m);
    await cli.ok("zone", "add", "used.example", "--peer", "paris");
    expect(await cli.run("peer", "remove", "paris")).toMatchObject({ code: 1 });
    expect(await cli.run("tsig", "remove", "made.example")).toMatchObject({ code: 1 });
    await cli.ok("zone", "remove", "used.example");
    await cli.ok("peer", "remove", "paris");
    await cli.ok("tsig", "remove", "made.example");
  });

  test("a peer's TLS is set, shown and taken back", async () => {
    await cli.ok("peer", "add", "secure", "192.0.2.3");
    expect(await cli.ok("peer", "tls", "secure")).toMatch(/transport +clear/);
    const pin = Buffer.alloc(32, 7).toString("base64");
    const set = await cli.ok("peer", "tls", "secure", "--strict", "ns1.example", "--pin", pin, "--port", "8853");
    expect(set).toMatch(/TLS, strict/);
    const shown = await cli.json<PeerTransport>("peer", "tls", "secure");
    expect(shown).toMatchObject({ mode: "strict", host_name: "ns1.example", pins: [pin], port: 8853, last_seen: null });
    expect(await cli.run("peer", "tls", "secure", "--pinned")).toMatchObject({ code: 1 });
    expect(await cli.run("peer", "tls", "secure", "--pin", pin)).toMatchObject({ code: 2 });
    expect(await cli.run("peer", "tls", "secure", "--pinned", "--clear")).toMatchObject({ code: 2 });
    const missing = ["--opportunistic", "--certificate", "nowhere.pem", "--key", "nowhere.pem"];
    expect(await cli.run("peer", "tls", "secure", ...missing)).toMatchObject({ code: 4 });
    const asked = await cli.ok(
      "peer",
      "tls",
      "secure",
      "--clear",
      "--asks-as",
      "Secure.example.",
      "--asks-as-pin",
      pin,
    );
    expect(asked).toContain(`it asks us  over TLS alone, as secure.example or ${pin}`);
    expect(await cli.ok("peer", "tls", "secure", "--clear")).toMatch(/over TLS alone/);
    expect(await cli.ok("peer", "tls", "secure", "--clear", "--asks-anyhow")).not.toMatch(/asks us/);
    await cli.ok("peer", "remove", "secure");
  });

  test("names that two have are asked for by id", async () => {
    const first = await cli.json<PeerResource>("peer", "add", "twin", "192.0.2.1");
    const second = await cli.json<PeerResource>("peer", "add", "twin", "192.0.2.2");
    const { code, err } = await cli.run("peer", "remove", "twin");
    expect(code).toBe(2);
    expect(err).toContain(first.id);
    for (const { id } of [first, second]) await cli.ok("peer", "remove", id);
  });

  test("an ACL is shown as it was taken", async () => {
    expect(await cli.ok("acl", "add", "office", "192.0.2.53/28")).toBe("office is added: 192.0.2.48/28.\n");
    expect(await cli.ok("acl", "list")).toMatch(/^office +192\.0\.2\.48\/28 +[0-9a-f]{32}$/m);
    expect(await cli.run("acl", "add", "world", "0.0.0.0/0")).toMatchObject({ code: 1 });
    await cli.ok("acl", "remove", "office");
    expect(await cli.run("acl", "remove", "office")).toMatchObject({ code: 4 });
  });

  test.each([
    [["peer", "add", "x", "nowhere"], /no address/],
    [["zone", "add", "x.example", "--peer", "192.0.2.300"], /no address/],
    [["zone", "add", "x.example", "--tsig", "transfer.example"], /--tsig belongs to primaries/],
    [["zone", "add", "x.example", "--wait"], /--wait needs a --peer/],
    [["zone", "add", "x.example", "--refresh", "0"], /whole number/],
    [["tsig", "add", "x.example", "--algorithm", "hmac-md5"], /hmac-md5 is refused on purpose/],
    [["tsig", "add", "a..b"], /no domain name/],
    [["zone", "frob"], /unknown command 'frob'/],
    [["zone", "show"], /missing required argument/],
    [["zone", "list", "--loong"], /unknown option.*Did you mean --long/],
    [["events", "--limit", "1001"], /from 1 to 1000/],
  ])("%j is wrong usage, said in one line", async (words, sentence) => {
    const { code, out, err } = await cli.run(...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});

test("events, of one zone and of all, newest last", async () => {
  const text = await cli.ok("events", "--zone", "second.example");
  expect(text).toMatch(/zone\.added [\s\S]*transfer\.taken [\s\S]*zone\.held /);
  expect(text).not.toContain("first.example");
  const rows = await cli.json<EventRow[]>("events", "--limit", "3");
  expect(rows).toHaveLength(3);
  expect(rows[0]!.id).toBeGreaterThan(rows[1]!.id);
});

describe("the way to the server", () => {
  test("a wrong token: 1; nobody there: 3; no token: 2", async () => {
    const wrong = await countersign(["zone", "list"], { COUNTERSIGN_URL: product.url, COUNTERSIGN_TOKEN: "wrong" });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/COUNTERSIGN_TOKEN/) as string });
    const nobody = await countersign(["zone", "list", "--url", `http://${LOOPBACK}:1`, "--token", "t"]);
    expect(nobody).toMatchObject({ code: 3, err: expect.stringMatching(/can't be reached/) as string });
    const none = await countersign(["zone", "list", "--data", directory], { COUNTERSIGN_DATA: directory });
    expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/No token/) as string });
  });

  test("another server at the address: 3", async () => {
    const other = await countersign(["zone", "list", "--url", `http://${LOOPBACK}:${knot.port}`, "--token", "t"]);
    expect(other).toMatchObject({ code: 3, out: "" });
  });
});
