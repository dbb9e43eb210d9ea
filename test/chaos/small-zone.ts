/** A small zone in a play, looked at from outside: what it offers, what is served of it, what was told about it. */
import { type SigningMode, until, type ZoneStatus } from "../peers/index.ts";
import type { Stage } from "./stage.ts";
import { ask, Type } from "./world.ts";

export const WAIT_MILLISECONDS = 120_000;
const AGAIN_MILLISECONDS = 3000;

export type Held = { readonly code: string; readonly serial: number; readonly release: string };

/** Keeps: `id` is that of the zone of this name that was made last. */
export class SmallZone {
  id = "";
  readonly name: string;
  readonly stage: Stage;

  constructor(stage: Stage, name: string) {
    this.stage = stage;
    this.name = name;
  }

  /** As the API lists it. */
  get bare(): string {
    return this.name.slice(0, -1);
  }

  /** The primary has this version from now on; `lines` more records. */
  offer(serial: number, lines = ""): void {
    const text = `$ORIGIN ${this.name}
@ 3600 IN SOA ns1 hostmaster ${serial} 3600 600 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
www 300 IN TXT "serial ${serial}"
${lines}`;
    this.stage.primary.serve({ name: this.name, text });
  }

  notify(): void {
    this.stage.primary.notify(this.stage.port, this.name);
  }

  async add(mode: SigningMode, settings: object = {}): Promise<void> {
    const { address, port } = this.stage.primary;
    const primary = { kind: "knot", address, port } as const;
    this.id = await this.stage.product.addZone({ name: this.name, primary, mode, settings });
  }

  call(method: string, rest: string, body?: unknown): Promise<unknown> {
    return this.stage.product.call(method, `/countersign/v1/zones/${this.id}${rest}`, body);
  }

  status(): Promise<ZoneStatus> {
    return this.stage.product.status(this.id);
  }

  /** By the answer to a question, NaN when there is none. */
  async served(): Promise<number> {
    const { text = "" } = await ask(this.stage.port, `www.${this.name}`, Type.TXT);
    return Number(/^serial (\d+)$/.exec(text)?.[1]);
  }

  /** At rest with this version, and nothing is held. */
  async isAt(serial: number): Promise<boolean> {
    const { phase, serials, held } = await this.status();
    return phase === "idle" && held === null && serials.stored === serial && (await this.served()) === serial;
  }

  /** `notified`: the primary told of it, and that may get lost. */
  async until(what: string, check: () => Promise<boolean>, notified = false): Promise<void> {
    await until(
      `${this.name} ${what}`,
      async () => {
        const there = await until(what, check, AGAIN_MILLISECONDS).catch(() => false);
        if (!there && notified) this.notify();
        return there;
      },
      WAIT_MILLISECONDS,
    ).catch(async (error: Error) => {
      throw new Error(`${error.message}; status ${JSON.stringify(await this.status())}`);
    });
  }

  untilAt(serial: number): Promise<void> {
    return this.until(`at ${serial}`, () => this.isAt(serial), true);
  }

  async held(): Promise<Held | undefined> {
    const { held } = await this.status();
    return held ? ((await this.call("GET", "/held")) as Held) : undefined;
  }

  /** Codes of what was told about the zone, newest first. */
  async told(): Promise<readonly string[]> {
    const path = `/countersign/v1/events?zone_id=${this.id}&limit=1000`;
    return ((await this.stage.product.call("GET", path)) as { code: string }[]).map(({ code }) => code);
  }
}
