/**
 * Every verb that `--help` lists is walked against a running server: as a table on a terminal of 80 columns and as JSON, without its
 * arguments, with names that nothing has, without a token, with a wrong one, with one that may only look, and with nobody there.
 *
 *   walk-table.ts ──▶ countersign … ──HTTP──▶ the product ◀──transfer── Knot
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTE_NAMES, type RouteName } from "#contract";
import { makeBrowser } from "../identity/browser.ts";
import { type Countersign, startCountersign, TEST_TOKEN } from "../peers/countersign.ts";
import { LOOPBACK, makeDirectory, missingPrograms, type Peer, removeDirectory, startKnot } from "../peers/index.ts";
import { recordAsked } from "./asked.ts";
import { countersign, type Ran } from "./command-line.ts";
import { UNREACHED } from "./unreached.ts";
import { listVerbs } from "./verbs.ts";
import { type Line, type World, walkLines } from "./walk-table.ts";

/** 247 octets on the wire: the primary has a file of this name, and file names end at 255. */
const LONG = [63, 63, 63, 45]
  .map((length, i) => "abcd"[i]!.repeat(length))
  .concat("example")
  .join(".");
const ZONES = [LONG, "first.example", "held.example", "live.example"];
const PASSWORD = "a password of some length";
const COLUMNS = 80;
const Exit = { Refused: 1, Usage: 2, Unreachable: 3, NotFound: 4 } as const;

const zone = (name: string) => ({
  name: `${name}.`,
  text: `$ORIGIN ${name}.
@ 3600 IN SOA ns1.first.example. hostmaster.first.example. 2147483647 3600 600 86400 300
@ 3600 IN NS ns1.first.example.
@ 3600 IN A 192.0.2.1
@ 3600 IN TXT "${"many words in one text ".repeat(10)}"
${name === "first.example" ? "ns1 300 IN A 192.0.2.1\n" : ""}`,
});

const { verbs } = await listVerbs();
const usageOf = (verb: string) => /^Usage: (.*)$/m.exec(verbs.find(({ words }) => words === verb)!.help)![1]!;

describe.skipIf(missingPrograms("knotd").length > 0)("every verb", { timeout: 240_000 }, () => {
  let knot: Peer;
  let product: Countersign;
  let directory: string;
  let world: World;
  let lines: readonly Line[];
  let viewer: string;
  /** For `{record}` and `{session}`. */
  const things = { record: "", session: "" };
  const asked = new Set<RouteName>();

  const run = (words: readonly string[], token = TEST_TOKEN) =>
    countersign(words, { COUNTERSIGN_URL: product.url, COUNTERSIGN_TOKEN: token }, COLUMNS);
  const wordsOf = ({ verb, words }: Line, turn: string) => [
    ...verb.split(" "),
    ...words.map((word) =>
      word
        .replaceAll("{}", turn)
        .replace("{image}", findImage)
        .replace(/\{(record|session)\}/, (_, thing) => things[thing as keyof typeof things]),
    ),
  ];

  beforeAll(async () => {
    directory = makeDirectory("walk");
    [knot, product] = await Promise.all([
      startKnot({ zones: ZONES.map(zone) }),
      startCountersign({ env: { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9`, COUNTERSIGN_API_REQUESTS: "0" } }),
    ]);
    for (const name of ZONES) {
      const id = await product.addZone({ name: `${name}.`, primary: knot, mode: "unsigned" });
      await product.served(id, `${name}.`);
    }
    const password = join(directory, "password");
    writeFileSync(password, PASSWORD);
    const primary = `${LOOPBACK}:${knot.port}`;
    world = { primary, long: LONG, password };
    lines = walkLines(world);
    viewer = await makeViewer();
  });
  afterAll(async () => {
    await product?.stop();
    await knot?.stop();
    removeDirectory(directory);
  });

  function findImage(): string {
    const zones = join(product.directory, "data", "zones");
    const image = readdirSync(zones, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".image"));
    return join(zones, image!);
  }

  /** A token that may look, of somebody who may only look. */
  async function makeViewer(): Promise<string> {
    const email = "viewer@example.com";
    await product.call("POST", "/countersign/v1/users", { email, name: "V", role: "viewer", password: PASSWORD });
    const browser = makeBrowser(product);
    await browser.signIn({ email, password: PASSWORD });
    const groups = (await product.call("GET", "/client/v4/user/tokens/permission_groups")) as {
      id: string;
      name: string;
    }[];
    const reading = groups.filter(({ name }) => name.endsWith("Read")).map(({ id }) => ({ id }));
    const resources = { "com.cloudflare.api.account.*": "*", "com.cloudflare.api.account.zone.*": "*" };
    const policies = [{ effect: "allow", permission_groups: reading, resources }];
    const made = await browser.ask("POST", "/client/v4/user/tokens", { name: "looks", policies });
    return (made.result as { value: string }).value;
  }

  /** A record of first.example, and two sessions of whoever has the test's token: the first of them is named. */
  async function makeThings(): Promise<void> {
    const [zone] = (await product.call("GET", "/client/v4/zones?name=first.example")) as { id: string }[];
    const [record] = (await product.call("GET", `/client/v4/zones/${zone!.id}/dns_records`)) as { id: string }[];
    for (const browser of [makeBrowser(product), makeBrowser(product)]) await browser.signIn({ token: TEST_TOKEN });
    const [session] = (await product.call("GET", "/countersign/v1/sessions")) as { id: string }[];
    Object.assign(things, { record: record!.id, session: session!.id });
  }

  /** What no output may have, however a command ends. */
  function expectReadable({ out, err }: Ran, about: string): void {
    expect(`${out}${err}`, about).not.toMatch(/undefined|\[object |\bNaN\b|Error:|^ +at .*:\d+/m);
    if (err !== "") expect(err, about).toMatch(/\n$/);
  }

  test("has a line in the walk, and no line is of a verb that is gone", () => {
    const walked = new Set(lines.map(({ verb }) => verb));
    expect([...walked].sort()).toEqual(verbs.map(({ words }) => words).sort());
  });

  test.each([
    ["t", "as a table"],
    ["j", "as JSON"],
  ])("works %s: %s", async (turn) => {
    await makeThings();
    for (const line of lines) {
      const words = wordsOf(line, turn);
      // Goes on until it is interrupted: watch.test.ts.
      if (line.verb === "watch") continue;
      const record = recordAsked({ refusals: line.code !== undefined });
      const ran = await run(turn === "j" ? [...words, "--json"] : words).finally(record.stop);
      for (const name of record.asked) asked.add(name);
      const about = `countersign ${words.join(" ")}: ${ran.err}${ran.out}`;
      expect.soft(ran.code, about).toBe(line.code ?? 0);
      expectReadable(ran, about);
      if (turn === "j") {
        // A command that failed prints nothing, but doctor and a test of a destination print what they found.
        const documents = line.lines ? ran.out.trimEnd().split("\n") : [ran.out];
        if (ran.out !== "" || ran.code === 0) {
          for (const each of documents) expect.soft(() => JSON.parse(each), about).not.toThrow();
        }
      } else if (line.table) {
        expect
          .soft(
            ran.out.split("\n").filter((each) => [...each].length > COLUMNS),
            about,
          )
          .toEqual([]);
      }
    }
  });

  test("every operation of the contract is asked by one of them, or has a reason why not", () => {
    const reached = ROUTE_NAMES.filter((name) => asked.has(name));
    expect(ROUTE_NAMES.filter((name) => !asked.has(name) && !UNREACHED[name])).toEqual([]);
    expect(reached.filter((name) => UNREACHED[name])).toEqual([]);
    expect(Object.keys(UNREACHED).filter((name) => !ROUTE_NAMES.includes(name as RouteName))).toEqual([]);
    expect(reached.length).toBeGreaterThan(120);
  });

  test("without its arguments, and with one too many, is wrong usage in one line", async () => {
    for (const { words } of verbs) {
      const verb = words.split(" ");
      const most = (usageOf(words).match(/[<[](?!options)[^\]>]+[\]>]/g) ?? []).length;
      const wrong = [[...verb, ...Array.from({ length: most + 1 }, () => "x")]];
      if (/<[^>]+>/.test(usageOf(words))) wrong.push(verb);
      for (const each of wrong) {
        const ran = await run(each);
        expect(ran, each.join(" ")).toMatchObject({ code: Exit.Usage, out: "" });
        expect(ran.err.trim().split("\n"), each.join(" ")).toHaveLength(1);
      }
    }
  });

  test("names that nothing has: not found, and nothing on standard output", async () => {
    for (const line of lines) {
      if (!/[<[](zone|peer|tsig|acl|catalog|policy|destination|token|session|id|file)[>\]]/.test(usageOf(line.verb)))
        continue;
      const [, ...more] = line.words;
      const unknown = line.verb === "audit show" ? "999999999" : "nobody.knows.example";
      const words = [...line.verb.split(" "), unknown, ...more];
      const ran = await run(words);
      expect(ran, words.join(" ")).toMatchObject({ code: Exit.NotFound, out: "" });
      expectReadable(ran, words.join(" "));
      expect(ran.err, words.join(" ")).toMatch(/^countersign: .*nobody\.knows\.example|999999999/);
    }
  });

  test("no token: 2, a wrong one: 1, nobody there: 3", async () => {
    const nobody = { COUNTERSIGN_URL: `http://${LOOPBACK}:9` };
    for (const line of lines) {
      if (line.local) continue;
      const words = wordsOf(line, "n");
      const doctor = line.verb === "doctor";
      const none = await countersign([...words, "--data", directory], nobody);
      expect(none.code, words.join(" ")).toBe(doctor ? Exit.Refused : Exit.Usage);
      expectReadable(none, words.join(" "));
      const away = await countersign(words, { ...nobody, COUNTERSIGN_TOKEN: "t" });
      expect(away.code, words.join(" ")).toBe(doctor ? Exit.Refused : Exit.Unreachable);
      expectReadable(away, words.join(" "));
    }
    const wrong = new Set<string>();
    for (const line of lines) {
      if (line.local || wrong.has(line.verb)) continue;
      wrong.add(line.verb);
      const ran = await run(wordsOf(line, "n"), "wrong");
      expect(ran.code, `${line.verb}: ${ran.err}`).toBe(Exit.Refused);
      expectReadable(ran, line.verb);
    }
  });

  test("a viewer may look, and is refused the rest in a sentence", async () => {
    await run(["dnssec", "mode", "held.example", "presigned"]);
    const before = await run(["zone", "list", "--json"]);
    for (const line of lines) {
      // Things of a turn of the walk are gone by now.
      if (line.local || line.verb === "watch" || line.words.some((word) => word.includes("{}"))) continue;
      const ran = await run(wordsOf(line, "v"), viewer);
      const about = `${wordsOf(line, "v").join(" ")}: ${ran.err}`;
      // What the walk took away again can't be looked at: that is no refusal.
      expect.soft(line.viewer ? [line.code ?? 0, Exit.NotFound] : [Exit.Refused], about).toContain(ran.code);
      expectReadable(ran, about);
    }
    expect((await run(["zone", "list", "--json"])).out).toBe(before.out);
  });
});
