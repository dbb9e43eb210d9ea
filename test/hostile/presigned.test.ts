/**
 * Item 3 of the main job under attack: what is signed wrongly "is held; the last good version is served on, the zone says which
 * record failed and why". Signed by BIND, broken here line by line.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, queryUdp, type SigningOptions, servedSerial, signZone, until } from "../peers/index.ts";
import { type HostilePrimary, startHostilePrimary } from "./primary.ts";
import { ALONE, breakages, smallZone } from "./world.ts";

type Break = {
  readonly name: string;
  readonly signing: SigningOptions;
  /** Of the signed zone's lines, one record each. */
  readonly edit?: (lines: string[], zone: string) => string[];
  readonly code: string;
  /** Owner and type that the reason names, or why. */
  readonly names?: string;
};

const NSEC: SigningOptions = { denial: "nsec" };
const NSEC3: SigningOptions = { denial: "nsec3" };

const is = (owner: string, type: string) => (line: string) => {
  const [name, , , kind] = line.split(/\s+/);
  return name === owner && kind === type;
};
const covers = (owner: string, type: string) => (line: string) =>
  is(owner, "RRSIG")(line) && line.split(/\s+/)[4] === type;
const without =
  (...tests: ((zone: string) => (line: string) => boolean)[]): Break["edit"] =>
  (lines, zone) =>
    lines.filter((line) => !tests.some((make) => make(zone)(line)));
const replaced =
  (which: (zone: string) => (line: string) => boolean, change: (line: string) => string): Break["edit"] =>
  (lines, zone) => {
    const at = lines.findIndex(which(zone));
    if (at < 0) throw new Error("the line to break is not there");
    return lines.with(at, change(lines[at]!));
  };

/** Another character in the middle of the last field, base64 still. */
function altered(line: string): string {
  const at = line.lastIndexOf(" ") + 12;
  return `${line.slice(0, at)}${line[at] === "A" ? "B" : "A"}${line.slice(at + 1)}`;
}

const BREAKS: readonly Break[] = [
  {
    name: "expired",
    signing: { ...NSEC, inception: "now-30d", expiration: "now-1d" },
    // Everything has expired; the keys come first.
    code: "dnssec.dnskey-not-self-signed",
    names: "expired at",
  },
  {
    name: "not yet valid",
    signing: { ...NSEC, inception: "now+2d", expiration: "now+30d" },
    code: "dnssec.dnskey-not-self-signed",
    names: "valid only from",
  },
  {
    name: "one RRSIG missing",
    signing: NSEC,
    edit: without((zone) => covers(`www.${zone}`, "AAAA")),
    code: "dnssec.rrset-unsigned",
    names: "www.ZONE AAAA",
  },
  {
    name: "the SOA's RRSIG missing",
    signing: NSEC,
    edit: without((zone) => covers(zone, "SOA")),
    code: "dnssec.rrset-unsigned",
    names: "ZONE SOA",
  },
  {
    name: "one octet of a signature altered",
    signing: NSEC,
    edit: replaced((zone) => covers(`www.${zone}`, "A"), altered),
    code: "dnssec.signature-invalid",
    names: "www.ZONE A",
  },
  {
    name: "one octet of the data altered",
    signing: NSEC,
    edit: replaced(
      (zone) => is(`mail.${zone}`, "A"),
      (line) => line.replace("192.0.2.2", "192.0.2.3"),
    ),
    code: "dnssec.signature-invalid",
    names: "mail.ZONE A",
  },
  {
    name: "a record added to a signed RRset",
    signing: NSEC,
    edit: (lines, zone) => [...lines, `mail.${zone} 300 IN A 192.0.2.77`],
    code: "dnssec.signature-invalid",
    names: "mail.ZONE A",
  },
  {
    name: "a TTL above the original one",
    signing: NSEC,
    edit: replaced(
      (zone) => is(`mail.${zone}`, "A"),
      (line) => line.replace(/\s300\s/, " 30000 "),
    ),
    code: "dnssec.signature-wrong-ttl",
    names: "mail.ZONE A",
  },
  {
    name: "an NSEC missing",
    signing: NSEC,
    edit: without(
      (zone) => is(`mail.${zone}`, "NSEC"),
      (zone) => covers(`mail.${zone}`, "NSEC"),
    ),
    code: "dnssec.nsec-missing",
    names: "mail.ZONE",
  },
  {
    name: "a whole name missing: a gap in the chain, every signature good",
    signing: NSEC,
    edit: (lines, zone) => lines.filter((line) => !line.startsWith(`mail.${zone}`)),
    code: "dnssec.nsec-next-wrong",
  },
  {
    name: "an RRset missing: the bitmap says more than there is",
    signing: NSEC,
    edit: without(
      (zone) => is(`www.${zone}`, "TXT"),
      (zone) => covers(`www.${zone}`, "TXT"),
    ),
    code: "dnssec.nsec-bitmap-wrong",
    names: "www.ZONE",
  },
  {
    name: "an unsigned RRset that no bitmap knows",
    signing: NSEC,
    edit: (lines, zone) => [...lines, `mail.${zone} 300 IN TXT "smuggled"`],
    code: "dnssec.rrset-unsigned",
    names: "mail.ZONE TXT",
  },
  {
    name: "a new name that nothing denies or signs",
    signing: NSEC,
    edit: (lines, zone) => [...lines, `smuggled.${zone} 300 IN TXT "smuggled"`],
    // Three things are wrong with it, and the gap comes first in the zone's order.
    code: "dnssec.nsec-next-wrong",
    names: "smuggled.ZONE",
  },
  {
    name: "a signature over glue",
    signing: NSEC,
    edit: (lines, zone) => [
      ...lines,
      ...lines.filter(covers(`www.${zone}`, "A")).map((line) => `ns.child.${line.slice(4)}`),
    ],
    code: "dnssec.signature-unexpected",
    names: "ns.child.ZONE",
  },
  {
    name: "a signature over the NS of a delegation",
    signing: NSEC,
    edit: (lines, zone) => [
      ...lines,
      ...lines
        .filter(covers(`www.${zone}`, "A"))
        .map((line) => `child.${line.slice(4).replace(/RRSIG\s+A /, "RRSIG NS ")}`),
    ],
    code: "dnssec.signature-unexpected",
    names: "child.ZONE NS",
  },
  {
    name: "unsigned",
    signing: NSEC,
    edit: (lines) => lines.filter((line) => !/\sIN\s+(RRSIG|NSEC|DNSKEY)\s/.test(line)),
    code: "dnssec.presigned-without-dnskey",
  },
  {
    name: "all NSEC missing",
    signing: NSEC,
    edit: (lines) => lines.filter((line) => !/\sIN\s+(RRSIG\s+)?NSEC\s/.test(line)),
    code: "dnssec.presigned-without-denial",
  },
  {
    name: "DNSKEY without its signature",
    signing: NSEC,
    edit: without((zone) => covers(zone, "DNSKEY")),
    code: "dnssec.dnskey-not-self-signed",
    names: "ZONE DNSKEY",
  },
  {
    name: "a key exchanged",
    signing: NSEC,
    edit: replaced((zone) => is(zone, "DNSKEY"), altered),
    code: "dnssec.dnskey-not-self-signed",
    names: "ZONE DNSKEY",
  },
  { name: "NSEC3 without dnssec_use_nsec3", signing: NSEC3, code: "dnssec.presigned-nsec3-not-enabled" },
];

const NSEC3_BREAKS: readonly Break[] = [
  {
    name: "an NSEC3 missing",
    signing: NSEC3,
    edit: (lines) => {
      const victim = lines.find((line) => /\sIN\s+NSEC3\s.*\sA TXT AAAA RRSIG/.test(line))!.split(/\s+/)[0]!;
      return lines.filter((line) => !line.startsWith(victim));
    },
    code: "dnssec.nsec3-missing",
    names: "www.ZONE",
  },
  {
    name: "a whole name missing, its NSEC3 still there",
    signing: NSEC3,
    edit: (lines, zone) => lines.filter((line) => !line.startsWith(`mail.${zone}`)),
    code: "dnssec.nsec3-unmatched",
  },
  {
    name: "an RRset missing: the bitmap says more than there is",
    signing: NSEC3,
    edit: without(
      (zone) => is(`www.${zone}`, "TXT"),
      (zone) => covers(`www.${zone}`, "TXT"),
    ),
    code: "dnssec.nsec3-bitmap-wrong",
  },
  {
    name: "an owner that is no base32",
    signing: NSEC3,
    edit: (lines) => {
      const victim = lines.find((line) => /\sIN\s+NSEC3\s.*\sA TXT AAAA RRSIG/.test(line))!.split(/\s+/)[0]!;
      return lines.map((line) => (line.startsWith(victim) ? `zyxw${line.slice(4)}` : line));
    },
    // It is no link of a chain, which misses one.
    code: "dnssec.nsec3-missing",
    names: "www.ZONE",
  },
  {
    name: "5000 iterations",
    signing: NSEC3,
    edit: (lines) => lines.map((line) => line.replace(/(\sNSEC3(?:PARAM)?\s+1\s+\d+\s+)0\s/, "$15000 ")),
    code: "dnssec.nsec3-iterations",
  },
  {
    name: "65535 iterations and a salt of 255 octets",
    signing: NSEC3,
    edit: (lines) =>
      lines.map((line) => line.replace(/(\sNSEC3(?:PARAM)?\s+1\s+\d+\s+)0\s+-/, `$165535 ${"AB".repeat(255)}`)),
    code: "dnssec.nsec3-iterations",
  },
  {
    name: "expired",
    signing: { ...NSEC3, inception: "now-30d", expiration: "now-1d" },
    // Everything has expired; the keys come first.
    code: "dnssec.dnskey-not-self-signed",
    names: "expired at",
  },
];

describe("pre-signed and broken", () => {
  let primary: HostilePrimary;
  let product: Countersign;
  const ids = new Map<string, string>();

  const signed = (name: string, serial: number, { signing, edit }: Pick<Break, "signing" | "edit">) => {
    const zone = signZone(smallZone(name, serial), signing);
    if (!edit) return zone;
    const lines = zone.text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
    return { name, text: `${edit(lines, name).join("\n")}\n` };
  };

  beforeAll(async () => {
    primary = await startHostilePrimary();
    product = await startCountersign({ env: ALONE });
    for (const denial of ["nsec", "nsec3"] as const) {
      const name = `${denial}.broken.example.`;
      primary.serve(signed(name, 1, { signing: { denial } }));
      const mode = denial === "nsec" ? "presigned" : "presigned-nsec3";
      const peer = { ...primary, kind: "knot", version: "" } as unknown as Parameters<
        Countersign["addZone"]
      >[0]["primary"];
      const id = await product.addZone({ name, primary: peer, mode });
      await product.served(id, name, 1);
      ids.set(name, id);
    }
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
  });

  const force = (id: string) => product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);

  let serial = 1;
  const good = new Map<string, number>();
  async function check(name: string, broken: Break): Promise<void> {
    const id = ids.get(name)!;
    serial++;
    primary.serve(signed(name, serial, broken));
    await force(id);
    const status = await until(`${name} held`, async () => {
      const now = await product.status(id);
      return now.held !== null && now.phase === "idle" ? now : undefined;
    });
    expect(status.held!.code, status.held!.reason).toBe(broken.code);
    if (broken.names) expect(status.held!.reason).toContain(broken.names.replace("ZONE", name));
    expect(status.serving).toBe("serving");
    // The last good version, with its signature.
    expect(await servedSerial(product.port, name)).toBe(good.get(name) ?? 1);
    const server = { address: LOOPBACK, port: product.port };
    const reply = await queryUdp(server, { name: `www.${name}`, type: 1, edns: { do: true } });
    expect((reply[6]! << 8) | reply[7]!).toBe(2);
    const [transfer] = (await product.call("GET", `/countersign/v1/zones/${id}/transfers`)) as {
      outcome: string;
      error: { code: string };
    }[];
    expect(transfer).toMatchObject({ outcome: "held", error: { code: broken.code } });
    serial++;
    primary.serve(signed(name, serial, { signing: { denial: name.startsWith("nsec3") ? "nsec3" : "nsec" } }));
    await force(id);
    await product.served(id, name, serial);
    good.set(name, serial);
    await until(`${name} released`, async () => {
      const now = await product.status(id);
      return now.held === null && now.phase === "idle";
    });
  }

  describe("NSEC", () => {
    test.each(BREAKS)("$name", async (broken) => check("nsec.broken.example.", broken));
  });

  describe("NSEC3", () => {
    test.each(NSEC3_BREAKS)("$name", async (broken) => check("nsec3.broken.example.", broken));
  });

  test("checked at the apex alone by order of the operator: what is wrong below it is served, what is wrong at it is held", async () => {
    const name = "nsec.broken.example.";
    const id = ids.get(name)!;
    const broken = (what: string) => BREAKS.find(({ name: called }) => called === what)!;
    const check = (which: string) =>
      product.call("PATCH", `/countersign/v1/zones/${id}/settings`, { signature_check: which });
    await check("apex");
    serial++;
    primary.serve(signed(name, serial, broken("one octet of a signature altered")));
    await force(id);
    await product.served(id, name, serial);
    // Looked at as a whole again, it is held.
    await check("all");
    await until("held", async () => (await product.status(id)).held?.code === "dnssec.signature-invalid");
    await check("apex");
    await until("taken", async () => (await product.status(id)).held === null);
    serial++;
    primary.serve(signed(name, serial, broken("the SOA's RRSIG missing")));
    await force(id);
    await until("held", async () => (await product.status(id)).held?.code === "dnssec.rrset-unsigned");
    expect(await servedSerial(product.port, name)).toBe(serial - 1);
    await check("all");
  });

  test("nothing broke", () => {
    expect(breakages(product)).toEqual([]);
  });
});
