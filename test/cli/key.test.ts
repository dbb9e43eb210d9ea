/** `countersign key` against a running server: what it shows, does and refuses, in words and exit codes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rollovers, ZoneKey } from "#contract";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, missingPrograms, type Peer, startNsd, until } from "../peers/index.ts";
import { commandLineOf } from "./command-line.ts";

const SIGNED = "signed.example.";
const PLAIN = "plain.example.";

const zone = (name: string) => ({
  name,
  text: `$ORIGIN ${name}
@ 3600 IN SOA ns1 hostmaster 1 3600 600 86400 300
@ 3600 IN NS ns1
ns1 300 IN A 192.0.2.1
`,
});

const Exit = { Refused: 1, Usage: 2, NotFound: 4 } as const;

describe.skipIf(missingPrograms("nsd").length > 0)("countersign key", () => {
  let primary: Peer;
  let product: Countersign;
  let cli: ReturnType<typeof commandLineOf>;

  type Listed = Rollovers & { readonly keys: ZoneKey[] };
  const list = () => cli.json<Listed>("key", "list", SIGNED);
  const reaches = (kind: "zsk" | "ksk", step: string) =>
    until(`${kind} ${step}`, async () =>
      (await list()).rollovers.find((each) => each.kind === kind && each.step === step),
    );
  const refused = async (code: number, sentence: RegExp, ...words: readonly string[]) => {
    const ran = await cli.run("key", ...words);
    expect(ran, words.join(" ")).toMatchObject({ code, out: "" });
    expect(ran.err).toMatch(sentence);
  };

  beforeAll(async () => {
    primary = await startNsd({ zones: [zone(SIGNED), zone(PLAIN)] });
    // Nobody to be asked about the parent: a KSK's DS is waited for for good.
    product = await startCountersign({ env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` } });
    cli = commandLineOf(product);
    for (const [name, mode] of [
      [SIGNED, "live"],
      [PLAIN, "unsigned"],
    ] as const) {
      await product.served(await product.addZone({ name, primary, mode }), name);
    }
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
  });

  test("what can't be done says so, and why, with the exit code of its kind", async () => {
    expect(await cli.ok("key", "list", PLAIN)).toMatch(/has no keys: "countersign dnssec enable plain.example"/);
    await refused(Exit.Usage, /"csk" is no kind of key; choose zsk or ksk/, "roll", SIGNED, "csk");
    await refused(Exit.Usage, /"no" is no kind of key/, "cancel", SIGNED, "no");
    await refused(Exit.Usage, /"soon" is no number of days from 1 to 3650/, "schedule", SIGNED, "soon");
    await refused(Exit.Usage, /"0" is no number of days/, "schedule", SIGNED, "0");
    await refused(Exit.Usage, /"3651" is no number of days/, "schedule", SIGNED, "3651");
    for (const words of [
      ["list", "nowhere.example"],
      ["roll", "nowhere.example", "zsk"],
      ["cancel", "nowhere.example", "zsk"],
      ["schedule", "nowhere.example", "30"],
    ]) {
      await refused(Exit.NotFound, /nowhere\.example/, ...words);
    }
    await refused(Exit.Refused, /Nothing of plain\.example is signed here yet/, "roll", PLAIN, "zsk");
    await refused(Exit.Refused, /No ZSK is being rolled/, "cancel", SIGNED, "zsk");
    await refused(Exit.Refused, /Say --yes as well/, "roll", SIGNED, "zsk", "--emergency");
    expect((await list()).rollovers).toEqual([]);
  });

  test("a ZSK is rolled, shown, and taken back while it only is published", async () => {
    const [, before] = (await list()).keys;
    expect(await cli.ok("key", "roll", SIGNED, "zsk")).toMatch(/^signed\.example\n/);
    const wait = await reaches("zsk", "keys-wait");
    const text = await cli.ok("key", "list", SIGNED);
    expect(text).toMatch(/TAG +ROLE +WHOSE +STATE +SIGNS/);
    expect(text).toMatch(new RegExp(`\n${wait.new_key_tag} +zsk +ours +published +-`));
    expect(text).toContain(`ZSK ${wait.old_key_tag} is rolled to ${wait.new_key_tag}\n`);
    expect(text).toMatch(/\[x\] Publish the new key\n +\[>\] Wait until no resolver/);
    expect(text).toContain(wait.why);
    await refused(Exit.Refused, /The ZSK is being rolled already/, "roll", SIGNED, "zsk");
    expect(await cli.ok("key", "cancel", SIGNED, "zsk")).toMatch(/the new ZSK is taken out again/);
    const after = await until("the new key gone", async () => {
      const seen = await list();
      return seen.rollovers.length === 0 && seen.keys.length === 2 ? seen : undefined;
    });
    expect(after.keys[1]!.key_tag).toBe(before!.key_tag);
    expect(await cli.ok("key", "list", SIGNED)).toMatch(/rolled before\n.*ZSK \d+ to \d+: cancelled/);
  });

  test("keys are listed in the order in which they were made", async () => {
    await cli.ok("key", "roll", SIGNED, "zsk");
    await cli.ok("key", "roll", SIGNED, "ksk");
    const { keys, rollovers } = await list();
    const tags = (kind: "zsk" | "ksk") => rollovers.find((each) => each.kind === kind)!;
    expect(keys.map(({ key_tag }) => key_tag)).toEqual([
      tags("ksk").old_key_tag,
      tags("zsk").old_key_tag,
      tags("zsk").new_key_tag,
      tags("ksk").new_key_tag,
    ]);
    const times = keys.map(({ created_time }) => created_time!);
    expect([...times].sort()).toEqual(times);
    expect(new Set(times).size).toBe(4);
    for (const kind of ["zsk", "ksk"]) await cli.ok("key", "cancel", SIGNED, kind);
  });

  test("an emergency is over at once; a KSK's new key can't be taken back once the parent is asked for it", async () => {
    const [, before] = (await list()).keys;
    await cli.ok("key", "roll", SIGNED, "zsk", "--emergency", "--yes");
    const after = await until("rolled", async () => {
      const seen = await list();
      return seen.rollovers.length === 0 && seen.past.at(-1)?.end === "rolled" ? seen : undefined;
    });
    expect(after.past.at(-1)!.old_key_tag).toBe(before!.key_tag);
    expect(await cli.ok("key", "roll", SIGNED, "ksk", "--emergency", "--yes")).toMatch(/as an emergency/);
    const { ds } = await reaches("ksk", "parent");
    expect(await cli.ok("key", "list", SIGNED)).toContain(ds);
    await refused(Exit.Refused, /The new KSK is in use already/, "cancel", SIGNED, "ksk");
  });

  test("the schedule is set, shown and reset", async () => {
    expect(await cli.ok("key", "schedule", SIGNED, "30")).toMatch(/ZSK rolled +after 30 days\n/);
    expect(await list()).toMatchObject({ zsk_days: 30, zsk_days_effective: 30 });
    expect(await cli.ok("key", "schedule", SIGNED, "never")).toMatch(/ZSK rolled +only by order\n/);
    expect(await list()).toMatchObject({ zsk_days: null, zsk_days_effective: null, next_zsk_time: null });
    expect(await cli.ok("key", "schedule", SIGNED, "default")).toMatch(/ZSK rolled +after 90 days\n/);
    expect(await list()).toMatchObject({ zsk_days: "default", ksk_days: "default", ksk_days_effective: null });
    const text = await cli.ok("key", "schedule", SIGNED, "730", "--ksk");
    expect(text).toMatch(/ZSK rolled +after 90 days\n +next ZSK .*\n +KSK rolled +after 730 days\n/);
    expect(await list()).toMatchObject({ zsk_days: "default", ksk_days: 730, ksk_days_effective: 730 });
    expect(await cli.ok("key", "schedule", SIGNED, "default", "--ksk")).toMatch(/KSK rolled +only by order\n/);
  });
});
