/** Plays of a zone that changes: its next version comes from the primary, is served, given out, and perhaps compacted. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { honestAxfr, incremental } from "../hostile/primary.ts";
import { giveTo, kdig, outgoingOf, transferred } from "../outgoing/world.ts";
import { getProgram, type PeerZone, type SigningMode, until, writeIn } from "../peers/index.ts";
import type { Actor, Play } from "./between.ts";
import { inTurns, type Stage } from "./stage.ts";
import { noStrays } from "./strays.ts";
import { ask, filesOfZone, Type } from "./world.ts";

export type Change = {
  readonly key: string;
  readonly title: string;
  readonly mode: SigningMode;
  readonly ixfr: boolean;
  readonly names: number;
  /** Of them, whose text is another in each version: next to each other, and others in the next version. */
  readonly changing: number;
  /** Of each text. */
  readonly octets: number;
  /** The versions that were there before. */
  readonly before: number;
  /** It ends with an image in place of the overlays. */
  readonly compacted?: boolean;
  readonly cuts?: RegExp;
  readonly does: readonly string[];
};

/**
 * So large that an image has room for overlays. Fourteen of them, four times, are more than half of that room, and once little
 * enough for the journal.
 */
export const LARGE = { names: 30, octets: 10_000 } as const;

/** Records a message. */
const PIECE = 5;
const STRING = 250;
const WAIT_MILLISECONDS = 120_000;
const AGAIN_MILLISECONDS = 3000;
const run = promisify(execFile);

/** Each version has texts of its own, brings a name below an empty one and takes one away. */
function version(name: string, change: Change, serial: number): PeerZone {
  const { names, changing, octets } = change;
  const lines = [
    `$ORIGIN ${name}`,
    `@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300`,
    "@ 3600 IN NS ns1",
    "ns1 3600 IN A 192.0.2.1",
    `www 300 IN TXT "serial ${serial}"`,
    `come${serial}.deep 300 IN TXT "serial ${serial}"`,
  ];
  const since = (i: number): number => {
    for (let at = serial; at > 1; at--) if ((i + names - ((at * changing) % names)) % names < changing) return at;
    return 1;
  };
  const filled = Array.from({ length: Math.ceil(octets / STRING) }, () => `"${"x".repeat(STRING)}"`).join(" ");
  for (let i = 0; i < names; i++) lines.push(`n${i} 300 IN TXT "since ${since(i)}" ${filled}`.trim());
  return { name, text: `${lines.join("\n")}\n` };
}

/** As kdig shows it, the SOA left out. */
function plainLines({ name, text }: PeerZone): readonly string[] {
  const lines = text.trim().split("\n").slice(2);
  const full = (line: string): string => {
    const [owner, ttl, , type, ...rest] = line.split(" ");
    const whole = owner === "@" ? name : `${owner}.${name}`;
    return `${whole} ${ttl} IN ${type} ${type === "NS" ? `ns1.${name}` : rest.join(" ")}`;
  };
  return lines.map(full).sort();
}

const DNSSEC = / IN (RRSIG|NSEC|DNSKEY|CDS|CDNSKEY|SOA) /;
const IS_SOA = / IN SOA /;
const serialOf = (lines: readonly string[]): number =>
  Number(/ IN SOA \S+ \S+ (\d+) /.exec(lines.find((line) => IS_SOA.test(line)) ?? "")?.[1]);

/** Keeps: what it was given out as under each serial. */
class ChangingZone implements Actor {
  id = "";
  readonly name: string;
  readonly #stage: Stage;
  readonly #change: Change;
  readonly #given = new Map<number, readonly string[]>();
  #offered = 0;

  constructor(stage: Stage, change: Change, name: string) {
    this.#stage = stage;
    this.#change = change;
    this.name = name;
  }

  /** A secondary that asks for nothing new has what is given out made ready: what comes then is a change of that. */
  readonly ready = async (): Promise<void> => {
    expect(await this.#givenSerial()).toBe(this.#change.before);
  };

  readonly act = async (): Promise<void> => this.bring(this.#change.before + 1);

  /** Nothing newer is to be had. Were the primary silent, a NOTIFY would wait for a minute later. */
  readonly killed = (): void => this.offer(this.#change.before);

  readonly isDone = async (): Promise<boolean> => {
    return (await this.isAt(this.#change.before + 1)) && !(this.#change.compacted && this.#overlaid());
  };

  /** Secondaries get there by the change alone, also when the overlays have become an image since. */
  readonly checkDone = async (): Promise<void> => {
    const { before } = this.#change;
    await this.#isVersion(before + 1);
    expect((await outgoingOf(this.#stage.product, this.id)).journal, this.name).toContain(before);
  };

  bring(serial: number): void {
    if (this.#offered !== serial) this.offer(serial);
    this.#stage.primary.notify(this.#stage.port, this.name);
  }

  /** Is served and given out, and nothing more is being done for it. */
  async isAt(serial: number): Promise<boolean> {
    const { product } = this.#stage;
    const { phase, serials } = await product.status(this.id);
    if (phase !== "idle" || serials.stored !== serial || (await this.#served()) !== serial) return false;
    return (await this.#givenSerial()) === serial;
  }

  async add(): Promise<void> {
    const { product, primary } = this.#stage;
    const { mode, ixfr } = this.#change;
    this.offer(1);
    const from = { kind: "knot", address: primary.address, port: primary.port } as const;
    this.id = await product.addZone({ name: this.name, primary: from, mode, ixfr });
    await giveTo(product, this.id, this.name, [{ name: `anybody of ${this.name}` }]);
  }

  /** `told`: a NOTIFY was sent, and may get lost. */
  async untilAt(serial: number, told = false): Promise<void> {
    await until(
      `${this.name} ${serial}`,
      async () => {
        const there = await until(this.name, () => this.isAt(serial), AGAIN_MILLISECONDS).catch(() => false);
        if (!there && told) this.bring(serial);
        return there;
      },
      WAIT_MILLISECONDS,
    );
  }

  /** As `ready` leaves it. */
  async begins(): Promise<void> {
    await this.#lines();
  }

  readonly check = async (): Promise<void> => {
    const { before } = this.#change;
    const serial = await this.#served();
    expect([before, before + 1]).toContain(serial);
    await this.#isVersion(serial);
    await this.#comes(before + 2, serial);
    await this.#isVersion(before + 2);
  };

  async #isVersion(serial: number): Promise<void> {
    const { product, port } = this.#stage;
    expect((await product.status(this.id)).serials.stored).toBe(serial);
    const lines = await this.#lines();
    expect(serialOf(lines)).toBe(serial);
    const here = (line: string) => this.#change.mode === "unsigned" || !DNSSEC.test(line);
    const plain = lines.filter((line) => here(line) && !IS_SOA.test(line));
    expect(plain).toEqual(plainLines(version(this.name, this.#change, serial)));
    if (this.#change.mode !== "unsigned") await this.#verify(lines);
    expect((await ask(port, `come${serial}.deep.${this.name}`, Type.TXT)).text).toBe(`serial ${serial}`);
    for (const other of [serial - 1, serial + 1])
      expect((await ask(port, `come${other}.deep.${this.name}`, Type.TXT)).text).toBeUndefined();
    const { journal } = await outgoingOf(product, this.id);
    for (const from of journal) await this.#leadsHere(from, lines);
    await noStrays(product, this.id, journal.length);
  }

  /** The next version, over what is there now. */
  async #comes(serial: number, from: number): Promise<void> {
    const { product } = this.#stage;
    const path = `/countersign/v1/zones/${this.id}/transfers?direction=in`;
    type Row = {
      readonly got: string | null;
      readonly kind: string;
      readonly outcome: string;
      readonly fallback: unknown;
    };
    this.bring(serial);
    await this.untilAt(serial, true);
    const [row] = ((await product.call("GET", path)) as Row[]).filter(({ kind }) => kind !== "soa");
    const got = this.#change.ixfr ? "ixfr" : "axfr";
    expect(row, `from ${from}`).toMatchObject({ got, outcome: "taken", fallback: null });
  }

  offer(serial: number): void {
    this.#offered = serial;
    this.#stage.primary.serve(version(this.name, this.#change, serial), {
      axfr: (transfer) => honestAxfr(transfer, PIECE),
      ixfr: (transfer, from) => {
        const records = from ? incremental(from, transfer.zone) : [];
        for (let at = 0; at < records.length; at += PIECE)
          transfer.send(transfer.message(records.slice(at, at + PIECE)));
        if (records.length === 0) transfer.end();
      },
    });
  }

  async #givenSerial(): Promise<number> {
    const asking = { type: `IXFR=${this.#change.before + 9}`, args: ["+noall", "+answer"] };
    return serialOf(
      (await kdig(this.#stage.product, this.name, asking)).out.split("\n").map((line) => line.replace(/\s+/g, " ")),
    );
  }

  async #served(): Promise<number> {
    const { text = "" } = await ask(this.#stage.port, `www.${this.name}`, Type.TXT);
    return Number(/^serial (\d+)$/.exec(text)?.[1]);
  }

  /** The zone as it is given out now: under a serial that was seen before, the same. */
  async #lines(): Promise<readonly string[]> {
    const lines = await transferred(this.#stage.product, this.name);
    const serial = serialOf(lines);
    const known = this.#given.get(serial);
    if (known) expect(lines, `${this.name} ${serial}`).toEqual(known);
    this.#given.set(serial, lines);
    return lines;
  }

  async #verify(lines: readonly string[]): Promise<void> {
    const file = writeIn(this.#stage.directory, this.name, `${lines.join("\n")}\n`);
    await run(getProgram("ldns-verify-zone"), [file]);
  }

  /** An IXFR laid over what that serial was given out as: every record that goes was there. */
  async #leadsHere(serial: number, lines: readonly string[]): Promise<void> {
    const before = this.#given.get(serial);
    if (!before) return;
    const { out } = await kdig(this.#stage.product, this.name, {
      type: `IXFR=${serial}`,
      args: ["+noall", "+answer"],
    });
    const said = out.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
    const answer = said.map((line) => line.trim().replace(/\s+/g, " "));
    // Large changes are more than the zone: it is given whole.
    if (!IS_SOA.test(answer[1]!)) return;
    const records = new Set(before);
    let adding = true;
    for (const line of answer.slice(1, -1)) {
      if (IS_SOA.test(line)) adding = !adding;
      if (adding) records.add(line);
      else if (!records.delete(line)) throw new Error(`not there in ${serial}: ${line}`);
    }
    expect([...records].sort(), `IXFR from ${serial}`).toEqual(lines);
  }

  readonly #overlaid = (): boolean =>
    filesOfZone(this.#stage.product, this.id).some((file) => /^t-.*overlay$/.test(file));
}

export function playChange(change: Change): Play {
  return {
    ...change,
    make: async (stage, names) => {
      const zones = names.map((name) => new ChangingZone(stage, change, name));
      await inTurns(zones, (zone) => zone.add());
      for (const zone of zones) await zone.untilAt(1);
      for (let serial = 2; serial <= change.before; serial++) {
        for (const zone of zones) zone.bring(serial);
        for (const zone of zones) await zone.untilAt(serial, true);
      }
      await inTurns(zones, (zone) => zone.begins());
      return zones;
    },
  };
}
