/**
 * What the operator does when a new version is not taken: looks at it, releases it, drops it, asks a program of his own
 * beforehand, freezes transfers. Knot DNS is the primary; one scripted primary sends what Knot would not load.
 */
import { createSocket } from "node:dgram";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLineOf } from "../cli/command-line.ts";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import {
  type Countersign,
  encodeQuestion,
  freePort,
  LOOPBACK,
  makeDirectory,
  type Peer,
  type PeerZone,
  removeDirectory,
  servedSerial,
  signZone,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";

const HOSTS = 20;

function zone(name: string, serial: number, hosts = HOSTS): PeerZone {
  const more = Array.from({ length: hosts }, (_, i) => `host${i} 300 IN A 192.0.2.${i}`).join("\n");
  const text = `$ORIGIN ${name}\n$TTL 3600
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ IN NS ns1
ns1 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${more}
`;
  return { name, text };
}

type Held = {
  readonly serial: number;
  readonly code: string;
  readonly reason: string;
  readonly release: string;
  readonly advice: string;
  readonly served_serial: number | null;
  readonly failing: readonly { readonly owner: string; readonly type: string | null; readonly code: string }[];
  readonly changes: {
    readonly records: number;
    readonly served_records: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    readonly signatures: number;
    readonly listed: readonly {
      readonly owner: string;
      readonly type: string;
      readonly change: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
    }[];
  } | null;
};

type Status = {
  readonly phase: string;
  readonly held: { readonly code: string; readonly serial: number } | null;
  readonly frozen_time: string | null;
  readonly expire_time: string | null;
  readonly serials: Readonly<Record<"notified" | "primary" | "stored" | "served", number | null>>;
  readonly peers: readonly { readonly checked_time: string | null }[];
};

const NAMES = ["taken", "refused", "hangs", "loss", "signed", "released", "frozen"].map((label) => `${label}.example.`);

/** Says what its control file says; what it was given stands in files beside it. */
const HOOK = (directory: string) => `#!/bin/sh
env > ${directory}/env.$COUNTERSIGN_ZONE
cat > ${directory}/stdin.$COUNTERSIGN_ZONE
cmp -s ${directory}/stdin.$COUNTERSIGN_ZONE "$COUNTERSIGN_ZONE_FILE" || { echo "file and input differ"; exit 9; }
case "$(cat ${directory}/behaviour.$COUNTERSIGN_ZONE 2>/dev/null)" in
  refuse) echo "looking"; yes | head -c 3000000; echo "serial $COUNTERSIGN_SERIAL has no MX, was $COUNTERSIGN_SERVED_SERIAL" >&2; exit 1;;
  hang) sleep 3600 & echo $! > ${directory}/child; echo "still looking"; wait;;
esac
`;

const directory = makeDirectory("hold");
const hook = join(directory, "hook");
const say = (name: string, behaviour: string) => writeFileSync(join(directory, `behaviour.${bare(name)}`), behaviour);
const given = (kind: "env" | "stdin", name: string) => readFileSync(join(directory, `${kind}.${bare(name)}`), "utf8");
const bare = (name: string) => name.replace(/\.$/, "");

/** Of zones that a test leaves for the restart. */
const ids: Record<string, string> = {};

let knot: Peer;
let hostile: HostilePrimary;
let product: Countersign;
const ENV = {
  COUNTERSIGN_PRE_PUBLISH_HOOK: hook,
  COUNTERSIGN_PRE_PUBLISH_HOOK_SECONDS: "6",
  COUNTERSIGN_MASTER_KEY: "11".repeat(32),
};

beforeAll(async () => {
  writeFileSync(hook, HOOK(directory), { mode: 0o755 });
  const port = await freePort();
  const zones = NAMES.map((name) =>
    name === "signed.example." || name === "released.example."
      ? signZone(zone(name, 1), { denial: "nsec" })
      : zone(name, 1),
  );
  knot = await startKnot({ zones, notify: [{ address: LOOPBACK, port }] });
  hostile = await startHostilePrimary();
  product = await startCountersign({ port, directory, env: ENV });
});
afterAll(async () => {
  await product?.stop();
  await knot?.stop();
  await hostile?.stop();
  removeDirectory(directory);
});

const own = (id: string, rest = "") => `/countersign/v1/zones/${id}${rest}`;
const statusOf = async (id: string) => (await product.call("GET", own(id))) as Status;
const heldOf = async (id: string) => (await product.call("GET", own(id, "/held"))) as Held;
const transfersOf = async (id: string) =>
  (await product.call("GET", own(id, "/transfers?kind=axfr,ixfr"))) as {
    outcome: string;
    error: { code: string } | null;
  }[];

async function add(name: string, mode: "unsigned" | "presigned" = "unsigned"): Promise<string> {
  const id = await product.addZone({ name, primary: knot, mode });
  await product.served(id, name, 1);
  return id;
}

const untilHeld = (id: string, serial: number) =>
  until("the version to be held", async () => {
    const { held, phase } = await statusOf(id);
    return phase === "idle" && held?.serial === serial ? held : undefined;
  });

async function restart(): Promise<void> {
  const { port } = product;
  await product.process.stop();
  product = await startCountersign({ port, directory, env: ENV });
}

/** A NOTIFY (RFC 1996: opcode 4, AA), and the check that it causes. */
async function checkedAfterNotify(id: string, name: string): Promise<void> {
  const before = (await statusOf(id)).peers[0]!.checked_time;
  const notify = encodeQuestion({ name, type: 6, flags: 0x2400 }, 4711);
  const socket = createSocket("udp4");
  try {
    await until("a check for the NOTIFY", async () => {
      socket.send(notify, product.port, LOOPBACK);
      const { peers, phase } = await statusOf(id);
      return phase === "idle" && peers[0]!.checked_time !== before;
    });
  } finally {
    socket.close();
  }
}

test("the hook gets the zone's text and facts and no secret; exit 0 takes the version", async () => {
  const name = "taken.example.";
  await add(name);
  const env = given("env", name);
  expect(env).toMatch(/^COUNTERSIGN_SERIAL=1$/m);
  expect(env).toMatch(/^COUNTERSIGN_SERVED_SERIAL=$/m);
  expect(env).toMatch(/^COUNTERSIGN_MODE=unsigned$/m);
  expect(env).not.toContain(TEST_TOKEN);
  expect(env).not.toMatch(/TOKEN|MASTER_KEY|SECRET/);
  expect(given("stdin", name)).toContain('www.taken.example.\t300\tIN\tTXT\t"serial 1"');
  expect(existsSync(/^COUNTERSIGN_ZONE_FILE=(.*)$/m.exec(env)![1]!)).toBe(false);
});

test("a version that the hook refuses is held with its last line", async () => {
  const name = "refused.example.";
  const id = await add(name);
  say(name, "refuse");
  await knot.replaceZone(zone(name, 2, HOSTS - 1));
  await untilHeld(id, 2);
  const held = await heldOf(id);
  expect(held).toMatchObject({ serial: 2, code: "hook.refused", release: "yes", served_serial: 1 });
  expect(held.reason).toBe("serial 2 has no MX, was 1");
  expect(held.changes).toMatchObject({
    records: HOSTS + 3,
    served_records: HOSTS + 4,
    added: 0,
    removed: 1,
    changed: 2,
  });
  expect(held.changes!.listed).toContainEqual({
    owner: "www.refused.example.",
    type: "TXT",
    change: "changed",
    before: ['300 "serial 1"'],
    after: ['300 "serial 2"'],
  });
  const shown = await commandLineOf(product).ok("zone", "held", bare(name));
  expect(shown).toContain("serial 2 has no MX, was 1 (hook.refused");
  expect(shown).toContain('+ www.refused.example. TXT 300 "serial 2"');
  expect(shown).toContain("- host19.refused.example. A 300 192.0.2.19");
  expect(await servedSerial(product.port, name)).toBe(1);
  ids[name] = id;
});

test("a hook that does not end is ended with what it started, and the version held", async () => {
  const name = "hangs.example.";
  const id = await add(name);
  say(name, "hang");
  await knot.replaceZone(zone(name, 2));
  await untilHeld(id, 2);
  expect(await heldOf(id)).toMatchObject({ code: "hook.timeout", release: "yes" });
  expect((await heldOf(id)).reason).toMatch(/did not end within 6 s: still looking$/);
  const child = Number(readFileSync(join(directory, "child"), "utf8"));
  await until("the hook's child to be gone", () => !alive(child));
  say(name, "");
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  await product.served(id, name, 2);
});

function alive(pid: number): boolean {
  // A zombie that nobody waits for counts as gone.
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

test("a version that lacks too many records is held where the zone says so, and dropped for good", async () => {
  const name = "loss.example.";
  const id = await add(name);
  await commandLineOf(product).ok("zone", "limits", bare(name), "--loss", "25");
  await knot.replaceZone(zone(name, 2, HOSTS - 5));
  await product.served(id, name, 2);
  await knot.replaceZone(zone(name, 3, HOSTS - 11));
  await untilHeld(id, 3);
  const held = await heldOf(id);
  expect(held).toMatchObject({ code: "guard.record-loss", release: "yes", changes: { removed: 6 } });
  expect(held.reason).toBe("it has 13 records where 19 are served: 31.6 % are gone, more than 25 %");
  await commandLineOf(product).ok("zone", "drop", bare(name));
  expect(await statusOf(id)).toMatchObject({ held: null, serials: { stored: 2, served: 2 } });
  ids[name] = id;
});

test("bad signatures: shown with the records that fail, released by force alone, with a warning", async () => {
  const name = "signed.example.";
  const id = await add(name, "presigned");
  const stale = signZone(zone(name, 2), { denial: "nsec", inception: "now-10d", expiration: "now-2d" });
  await knot.replaceZone(stale);
  await untilHeld(id, 2);
  const held = await heldOf(id);
  expect(held).toMatchObject({ serial: 2, release: "force", served_serial: 1 });
  expect(held.code).toMatch(/^dnssec\./);
  expect(held.failing.length).toBeGreaterThan(0);
  expect(held.failing[0]!.owner).toMatch(/signed\.example\.$/);
  expect(held.changes!.signatures).toBeGreaterThan(HOSTS);
  await expect(product.call("POST", own(id, "/held/release"), {})).rejects.toThrow(/400.*held\.needs-force/);
  const refused = await commandLineOf(product).run("zone", "release", bare(name));
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("--force")]);
  expect(await servedSerial(product.port, name)).toBe(1);
  const released = await commandLineOf(product).ok("zone", "release", bare(name), "--force");
  expect(released).toMatch(/serial 2 is released and served\.\nWarning: .*resolvers that validate answer SERVFAIL/);
  await product.served(id, name, 2);
  await knot.replaceZone(signZone(zone(name, 3), { denial: "nsec" }));
  await product.served(id, name, 3);
  expect((await statusOf(id)).held).toBeNull();
});

test("what is released is taken after a restart, too: see below", async () => {
  const name = "released.example.";
  const id = await add(name, "presigned");
  await knot.replaceZone(signZone(zone(name, 2), { denial: "nsec", inception: "now-10d", expiration: "now-2d" }));
  await untilHeld(id, 2);
  await commandLineOf(product).ok("zone", "release", bare(name), "--force");
  await product.served(id, name, 2);
  ids[name] = id;
});

test("a zone that breaks the rules of DNS is kept to be looked at", async () => {
  const name = "broken.example.";
  hostile.serve(zone(name, 1));
  const id = await product.addZone({ name, primary: { ...hostile, kind: "knot" }, mode: "unsigned" });
  await product.served(id, name, 1);
  const broken = zone(name, 2);
  hostile.serve({ name, text: `${broken.text}host1 300 IN CNAME www\n` });
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  await untilHeld(id, 2);
  ids[name] = id;
});

test("a zone of more records than it may have is refused, with both figures", async () => {
  const name = "large.example.";
  hostile.serve(zone(name, 1));
  const id = await product.addZone({ name, primary: { ...hostile, kind: "knot" }, mode: "unsigned" });
  await product.served(id, name, 1);
  await commandLineOf(product).ok("zone", "limits", bare(name), "--records", String(HOSTS + 4));
  hostile.serve(zone(name, 2, HOSTS + 1));
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  const newest = await until("the refusal", async () => {
    const [first] = (await product.call("GET", own(id, "/transfers?outcome=refused"))) as {
      error: { code: string; message: string };
    }[];
    return first;
  });
  expect(newest.error.code).toBe("transfer.too-many-records");
  expect(newest.error.message).toContain(String(HOSTS + 4));
  ids[name] = id;
});

test("a zone's own limits of octets and of time: broken off, with the figure", async () => {
  const name = "slow.example.";
  hostile.serve(zone(name, 1));
  const id = await product.addZone({ name, primary: { ...hostile, kind: "knot" }, mode: "unsigned" });
  await product.served(id, name, 1);
  const refused = async (code: string) => {
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
    const row = await until(code, async () => (await transfersOf(id)).find(({ error }) => error?.code === code));
    return (row.error as { message: string } | null)?.message;
  };
  await commandLineOf(product).ok("zone", "limits", bare(name), "--octets", "1024");
  hostile.serve(zone(name, 2, 80));
  expect(await refused("transfer.too-many-octets")).toContain("1024");
  await commandLineOf(product).ok("zone", "limits", bare(name), "--octets", "default", "--seconds", "1");
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
  hostile.serve(zone(name, 3), {
    axfr: async (transfer) => {
      transfer.send(transfer.message([transfer.zone.soa]));
      for (const record of [...transfer.zone.records, transfer.zone.soa]) {
        if (transfer.gone) return;
        await pause();
        transfer.send(transfer.message([record]));
      }
    },
  });
  expect(await refused("net.timeout")).toContain("whole session");
  expect(await servedSerial(product.port, name)).toBe(1);
  await commandLineOf(product).ok("zone", "limits", bare(name), "--seconds", "default");
  hostile.serve(zone(name, 4));
  await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
  await product.served(id, name, 4);
});

test("a frozen zone fetches nothing for NOTIFY, and says when it expires", async () => {
  const name = "frozen.example.";
  const id = await add(name);
  const expires = (await statusOf(id)).expire_time;
  const said = await commandLineOf(product).ok("zone", "freeze", bare(name));
  expect(said).toMatch(/frozen since .*It expires /);
  const before = await transfersOf(id);
  await knot.replaceZone(zone(name, 2));
  await until("the NOTIFY", async () => (await statusOf(id)).serials.notified === 2);
  expect(await transfersOf(id)).toEqual(before);
  expect((await statusOf(id)).expire_time).toBe(expires);
  ids[name] = id;
});

describe("after a restart", () => {
  const before = new Map<string, unknown>();
  const idOf = (name: string) => ids[name]!;
  beforeAll(async () => {
    for (const [name, id] of Object.entries(ids)) before.set(name, await transfersOf(id));
    // One transfer that was taken and one that was held: peers of other zones that came since are no reason to fetch it again.
    expect((before.get("refused.example.") as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      "held",
      "taken",
    ]);
    await restart();
  }, 240_000);

  test("what the hook refused is held and to be looked at; it is not fetched for a NOTIFY; released it is served", async () => {
    const name = "refused.example.";
    const id = idOf(name);
    expect((await statusOf(id)).held).toMatchObject({ code: "hook.refused", serial: 2 });
    await checkedAfterNotify(id, name);
    expect(await transfersOf(id)).toEqual(before.get(name));
    expect(await heldOf(id)).toMatchObject({ serial: 2, changes: { removed: 1 } });
    expect(await product.call("POST", own(id, "/held/release"), {})).toEqual({
      serial: 2,
      served: true,
      warning: null,
    });
    await product.served(id, name, 2);
    expect(await statusOf(id)).toMatchObject({ held: null, serials: { primary: 2, stored: 2, served: 2 } });
    await expect(heldOf(id)).rejects.toThrow(/404.*held\.nothing/);
    // What was released is ours: there is nothing to fetch.
    await checkedAfterNotify(id, name);
    expect(await transfersOf(id)).toEqual(before.get(name));
  });

  test("what was dropped is not fetched, nor made ready by a change of mode; the next serial is", async () => {
    const name = "loss.example.";
    const id = idOf(name);
    expect(await statusOf(id)).toMatchObject({ held: null, serials: { stored: 2, served: 2 } });
    await checkedAfterNotify(id, name);
    await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, { status: "active" });
    await product.served(id, name, 2);
    expect(await transfersOf(id)).toEqual(before.get(name));
    await knot.replaceZone(zone(name, 4));
    await product.served(id, name, 4);
  });

  test("what was released is taken by every change of mode, and not held once more", async () => {
    const name = "released.example.";
    const id = idOf(name);
    for (const mode of ["live", "presigned"] as const) {
      await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, {
        status: "active",
        dnssec_presigned: mode === "presigned",
      });
      await until(mode, async () => {
        const status = (await product.call("GET", own(id))) as { mode: string; phase: string };
        return status.mode === mode && status.phase === "idle";
      });
      expect(await statusOf(id)).toMatchObject({ held: null, serials: { stored: 2, served: 2 } });
    }
    const events = (await product.call("GET", `/countersign/v1/events?zone_id=${id}`)) as { code: string }[];
    expect(events.filter(({ code }) => code === "dnssec.released-bad").length).toBeGreaterThan(1);
  });

  test("a zone that breaks the rules of DNS is there to be looked at, can't be released, and is dropped", async () => {
    const id = idOf("broken.example.");
    const held = await heldOf(id);
    expect(held).toMatchObject({ code: "zone.broken", release: "no", changes: { added: 1, changed: 2 } });
    const listed = held.changes!.listed.map((change) => `${change.owner} ${change.type}`);
    expect(listed).toContain("host1.broken.example. CNAME");
    const released = product.call("POST", own(id, "/held/release"), { force: true });
    await expect(released).rejects.toThrow(/held\.not-releasable/);
    await product.call("DELETE", own(id, "/held"));
    await expect(heldOf(id)).rejects.toThrow(/404/);
    expect(await servedSerial(product.port, "broken.example.")).toBe(1);
  });

  test("a zone's own limits are kept, and taken away", async () => {
    const name = "large.example.";
    const id = idOf(name);
    expect(await product.call("GET", own(id, "/settings"))).toMatchObject({ max_records: HOSTS + 4, max_octets: null });
    await commandLineOf(product).ok("zone", "limits", bare(name), "--records", "default");
    await product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
    await product.served(id, name, 2);
  });

  test("a frozen zone still fetches nothing; thawed it catches up", async () => {
    const name = "frozen.example.";
    const id = idOf(name);
    expect((await statusOf(id)).frozen_time).not.toBeNull();
    const forced = product.call("POST", `/client/v4/zones/${id}/secondary_dns/force_axfr`);
    await expect(forced).rejects.toThrow(/zone\.frozen/);
    expect(await transfersOf(id)).toEqual(before.get(name));
    expect(await servedSerial(product.port, name)).toBe(1);
    await commandLineOf(product).ok("zone", "thaw", bare(name));
    await product.served(id, name, 2);
    expect((await statusOf(id)).frozen_time).toBeNull();
  });
});

test("a hook that is not there is told at the start, not at the first transfer", async () => {
  const env = { COUNTERSIGN_PRE_PUBLISH_HOOK: join(directory, "nothing") };
  const start = startCountersign({ env });
  await expect(start).rejects.toThrow(/The hook of --pre-publish-hook can't be used: there is no file/);
});
