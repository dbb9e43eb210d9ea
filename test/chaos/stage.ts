/** Where plays are played: the product with its steps watched and held, and the primary that offers its zones. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type HostilePrimary, startHostilePrimary } from "../hostile/primary.ts";
import { ALONE } from "../hostile/world.ts";
import { type Countersign, freePort, makeDirectory, removeDirectory, startCountersign } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { type Done, readDone, type Target } from "./steps.ts";

const AT_ONCE = 8;

/** By zone: behind which of its steps it is held; null: its steps are only counted. */
export type Orders = ReadonlyMap<string, Target | null>;

/** The product and its primary. Keeps: one process on the directory, watched by `stepper.ts`. */
export class Stage {
  readonly directory = makeDirectory("between");
  readonly order = join(this.directory, "hold");
  #env: Readonly<Record<string, string>> = {};
  #primary: HostilePrimary | undefined;
  #product: Countersign | undefined;
  #port = 0;

  get primary(): HostilePrimary {
    return this.#primary!;
  }

  get product(): Countersign {
    return this.#product!;
  }

  get port(): number {
    return this.#port;
  }

  /** `env`: more of it, for every start. */
  async open(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#env = env;
    this.#port = await freePort();
    this.#primary = await startHostilePrimary();
    await this.start();
    const [account] = (await this.product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const acls = `/client/v4/accounts/${account!.id}/secondary_dns/acls`;
    await this.product.call("POST", acls, { name: "here", ip_range: "127.0.0.1/32" });
  }

  /** With orders: steps of the start itself are counted, too. */
  async start(orders?: Orders): Promise<void> {
    rmSync(this.order, { force: true });
    if (orders) this.give(orders);
    const env = {
      ...ALONE,
      COUNTERSIGN_MAX_TRANSFERS: "1000",
      NODE_OPTIONS: `--import=${pathToFileURL(join(ROOT, "test/chaos/stepper.ts")).href}`,
      COUNTERSIGN_TEST_HOLD: this.order,
      ...this.#env,
    };
    this.#product = await startCountersign({ directory: this.directory, port: this.#port, env });
  }

  /** From now on steps of these zones are counted, and each is held behind its own. */
  give(targets: Orders): void {
    rmSync(`${this.order}.steps`, { force: true });
    rmSync(`${this.order}.removed`, { recursive: true, force: true });
    writeFileSync(`${this.order}.new`, JSON.stringify(Object.fromEntries(targets)));
    renameSync(`${this.order}.new`, this.order);
  }

  done(id: string): readonly Done[] {
    return readDone(this.order).filter(({ zone }) => zone === id);
  }

  async close(): Promise<void> {
    await this.#product?.process.stop();
    await this.#primary?.stop();
    removeDirectory(this.directory);
  }
}

/** At most some at a time: the machine is small. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const one = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
