/**
 * The pages of the modes, done as they are printed: each primary gets the page's lines, Countersign the page's commands.
 * Addresses and the secret are set in, as a reader would; NOTIFY, transfer and keys have to come out of it.
 */
import { afterEach, describe, expect, test } from "vitest";
import { commandLineOf } from "../cli/command-line.ts";
import {
  type Countersign,
  freePort,
  LOOPBACK,
  missingPrograms,
  servedSerial,
  startCountersign,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";
import { getBlock, readBlocks, replaceAll, runShell } from "./blocks.ts";
import { ManualPrimary, PROGRAMS, type PrimaryKind } from "./primaries.ts";

const LIVE = readBlocks("docs/manual/live-signing.md");
const PRESIGNED = readBlocks("docs/manual/pre-signed.md");
const MULTISIGNER = readBlocks("docs/manual/multi-signer.md");

const zoneText = (
  serial: number,
): string => `example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. ${serial} 3600 600 1209600 300
example.com. 300 IN NS ns1.example.com.
ns1.example.com. 300 IN A 192.0.2.1
www.example.com. 300 IN A 192.0.2.2
version.example.com. 300 IN TXT "${serial}"
`;

/** One product and one primary, and the page's addresses → theirs. */
class Scene {
  readonly product: Countersign;
  readonly primary: ManualPrimary;
  #secret = "";

  static async open(kind: PrimaryKind): Promise<Scene> {
    const env = { COUNTERSIGN_RESOLVER: `${LOOPBACK}:9` };
    const scene = new Scene(await startCountersign({ env }), new ManualPrimary(kind, await freePort()));
    scene.primary.write("example.com.zone", zoneText(1));
    const printed = await scene.countersign("countersign tsig add transfer.example.com");
    scene.#secret = /secret: (\S+)/.exec(printed)![1]!;
    return scene;
  }

  private constructor(product: Countersign, primary: ManualPrimary) {
    this.product = product;
    this.primary = primary;
  }

  fill(text: string): string {
    const here = this.product.port;
    return replaceAll(text, [
      ["SECRET", this.#secret],
      ["192.0.2.10@53", `${LOOPBACK}@${here}`],
      ["192.0.2.10 port 53", `${LOOPBACK} port ${here}`],
      ["192.0.2.10:53", `${LOOPBACK}:${here}`],
      ["@192.0.2.10 ", `-p ${here} @${LOOPBACK} `],
      ["192.0.2.10", LOOPBACK],
      ["--peer 192.0.2.53", `--peer ${LOOPBACK}:${this.primary.port}`],
      ["@192.0.2.53 ", `-p ${this.primary.port} @${LOOPBACK} `],
    ]);
  }

  /** Commands of the page for Countersign's own command line; what all of them print. */
  async countersign(commands: string): Promise<string> {
    const cli = commandLineOf(this.product);
    let said = "";
    for (const line of this.fill(commands).trim().split("\n")) {
      const [program, ...words] = line.split(" ");
      expect(program).toBe("countersign");
      said += await cli.ok(...words);
    }
    return said;
  }

  /** Other commands of the page, at Countersign's machine. */
  async shell(commands: string): Promise<string> {
    const [zone] = (await this.product.call("GET", "/client/v4/zones?name=example.com")) as { id: string }[];
    const settings = {
      ZONE_ID: zone!.id,
      API: `${this.product.url}/client/v4`,
      EMAIL: "admin@localhost",
      KEY: TEST_TOKEN,
    };
    return runShell(this.fill(commands).replaceAll("curl ", "curl -s "), this.product.directory, {
      ...process.env,
      ...settings,
    });
  }

  async zoneId(): Promise<string> {
    const [zone] = (await this.product.call("GET", "/client/v4/zones?name=example.com")) as { id: string }[];
    return zone!.id;
  }

  /** The last words of the DNSKEYs that a server answers, sorted. */
  dnskeys(port: number): string[] {
    const said = runShell(
      `dig +short +nosplit -p ${port} @${LOOPBACK} DNSKEY example.com`,
      this.product.directory,
      process.env,
    );
    return said.trim().split("\n").sort();
  }

  async close(): Promise<void> {
    await this.primary.stop();
    await this.product.stop();
  }
}

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.close();
  scene = undefined;
});

const KINDS: readonly PrimaryKind[] = ["knot", "bind", "nsd", "powerdns"];

function forEachPrimary(page: string, steps: (scene: Scene) => Promise<void>): void {
  describe(page, () => {
    for (const kind of KINDS) {
      const missing = missingPrograms(...PROGRAMS[kind], "dig", "delv", "curl");
      const why = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
      test.skipIf(missing.length > 0)(
        `${kind}${why}`,
        async () => {
          scene = await Scene.open(kind);
          await steps(scene);
        },
        180_000,
      );
    }
  });
}

/** A new version at the primary, and Countersign serves it because it was told. */
async function expectNotify({ primary, product }: Scene, sign: () => void = () => {}): Promise<void> {
  const before = await servedSerial(product.port, "example.com.");
  primary.write("example.com.zone", zoneText(before! + 10));
  sign();
  primary.reload();
  await until("the new serial", async () => (await servedSerial(product.port, "example.com."))! > before!);
}

forEachPrimary("live-signing.md", async (scene) => {
  const { primary } = scene;
  if (primary.kind === "powerdns") {
    primary.preparePowerDns([]);
    primary.run(scene.fill(getBlock(LIVE, "powerdns")));
    await primary.start("");
  } else await primary.start(scene.fill(getBlock(LIVE, primary.kind)));
  const said = await scene.countersign(getBlock(LIVE, "here"));
  expect(said).toMatch(/example\.com is served with serial 1\./);
  expect(said).toMatch(/algorithm {4}13 {2}ECDSA Curve P-256 with SHA-256 \(ECDSAP256SHA256\)/);
  const patched = await scene.shell(getBlock(LIVE, "api"));
  expect(JSON.parse(patched)).toMatchObject({ success: true, result: { status: "pending" } });
  const checked = await scene.shell(getBlock(LIVE, "check"));
  expect(checked).toMatch(/^www\.example\.com\.\s+300\s+IN\s+RRSIG\s+A 13 /m);
  expect(checked).toMatch(/DNSKEY\s+257 3 13/);
  await expectNotify(scene);
});

forEachPrimary("pre-signed.md", async (scene) => {
  const { primary, product } = scene;
  await startSigning(scene);
  await scene.countersign(getBlock(PRESIGNED, "here"));
  const patched = await scene.shell(getBlock(PRESIGNED, "api"));
  expect(JSON.parse(patched)).toMatchObject({ success: true, result: { dnssec_presigned: true } });
  const status = await product.status(await scene.zoneId());
  expect(status).toMatchObject({ mode: "presigned", serving: "serving", held: null });
  expect(await scene.shell(getBlock(PRESIGNED, "check"))).toMatch(/RRSIG\s+SOA 13 /);
  expect(scene.dnskeys(product.port)).toEqual(scene.dnskeys(primary.port));
  validate(scene, status.dnssec.ds);
  await expectNotify(scene, () => {
    if (primary.kind === "nsd") primary.run(getBlock(PRESIGNED, "nsd-sign"));
  });
  expect((await product.status(await scene.zoneId())).held).toBeNull();
});

forEachPrimary("multi-signer.md", async (scene) => {
  const { primary, product } = scene;
  await startSigning(scene);
  const zsk = /for the DNSKEY set of the other signer\n.* DNSKEY 256 3 13 (\S+)/.exec(
    await scene.countersign(getBlock(MULTISIGNER, "here")),
  )![1]!;
  const block = (name: string): string => getBlock(MULTISIGNER, name).replaceAll("OUR-ZSK", zsk);
  if (primary.kind === "powerdns") {
    primary.write("example.com.zone", `${zoneText(2)}example.com. 3600 IN DNSKEY 256 3 13 ${zsk}\n`);
    primary.reload();
  } else {
    primary.run(block(`${primary.kind}-import`));
    if (primary.kind === "nsd") {
      primary.run(block("nsd-sign"));
      primary.reload();
    }
  }
  const hasOurs = (port: number): boolean => scene.dnskeys(port).includes(`256 3 13 ${zsk}`);
  await until("our ZSK at the primary", () => hasOurs(primary.port));
  const theirs = scene.dnskeys(primary.port);
  const ours = await until("their keys here", () => {
    const keys = scene.dnskeys(product.port);
    return theirs.every((key) => keys.includes(key)) && keys;
  });
  expect(ours).toHaveLength(theirs.length + 1);
  const status = await product.status(await scene.zoneId());
  expect(status).toMatchObject({ mode: "multisigner", held: null });
  validate(scene, status.dnssec.ds);
});

/** The primary signs, as the page on pre-signed zones has it; BIND as the page on multi-signer has it, where that differs. */
async function startSigning(scene: Scene): Promise<void> {
  const { primary } = scene;
  const multi = expect.getState().currentTestName!.includes("multi-signer.md");
  if (primary.kind === "powerdns") {
    primary.preparePowerDns(
      multi ? ["direct-dnskey=yes", "default-ksk-algorithm=ecdsa256", "default-zsk-algorithm=ecdsa256"] : [],
    );
    primary.run(scene.fill(getBlock(PRESIGNED, "powerdns")));
    return primary.start("");
  }
  if (primary.kind === "nsd") {
    primary.run(getBlock(PRESIGNED, "nsd-keys"));
    primary.run(getBlock(PRESIGNED, "nsd-sign"));
  }
  await primary.start(scene.fill(getBlock(multi && primary.kind === "bind" ? MULTISIGNER : PRESIGNED, primary.kind)));
}

/** The DS that the operator is told is the only thing trusted. */
function validate({ product }: Scene, ds: readonly string[]): void {
  const anchors = ds.map((line) => {
    const [tag, algorithm, type, digest] = line.split(" DS ")[1]!.split(" ");
    return `"example.com" static-ds ${tag} ${algorithm} ${type} "${digest}";`;
  });
  for (const name of ["www.example.com", "nowhere.example.com"]) {
    const said = runShell(
      `echo 'trust-anchors { ${anchors.join(" ")} };' > anchors
delv -a anchors +root=example.com -p ${product.port} @${LOOPBACK} ${name} A 2>&1`,
      product.directory,
      process.env,
    );
    expect(said).toMatch(/^; (negative response, )?fully validated$/m);
  }
}
