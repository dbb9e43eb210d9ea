/**
 * The top of a tree of our own: a signed root and a signed parent zone, each served by an NSD of its own, on addresses of
 * 127/8 that nobody else has, and an Unbound that knows nothing but this root.
 *
 *   .        NSD   127.a.b.1 ── NS, DS ──▶ parent.  NSD  127.a.b.2 ── NS, and what the test says ──▶ child.parent. 127.a.b.3
 *   Unbound  root hints and root key ──▶ . ──▶ parent. ──▶ child.parent.
 *
 * On port 53, as referrals need it: where that port can't be had (`treeMissing`), there is no tree.
 */
import { createServer } from "node:net";
import { join } from "node:path";
import { decodeReply } from "../differential/decode.ts";
import {
  getProgram,
  makeDirectory,
  missingPrograms,
  queryTcp,
  removeDirectory,
  type Server,
  type ServerProcess,
  startProcess,
  startUnbound,
  type Unbound,
  until,
  writeIn,
} from "../peers/index.ts";

import { makeZoneSigner, type ZoneSigner } from "./zone-signer.ts";

export const PARENT = "parent.";
export const CHILD = "child.parent.";
/** Our name server, as the child's NS and COUNTERSIGN_NAMESERVERS have it. */
export const OUR_NAME = "ns1.parent.";

/** Of everything in root and parent, seconds: short, so that a change is seen soon. */
export const TREE_TTL = 1;

const DOMAIN_PORT = 53;
const SOA = 6;

export type Tree = {
  /** Where the child zone is to be served. */
  readonly child: Server;
  readonly parent: Server;
  readonly resolver: Unbound;
  /** Another one like it that remembers nothing: Unbound keeps what it found bogus for a minute. */
  startResolver(): Promise<Unbound>;
  /** Publishes these DS records (and no others) for the child. */
  publishDs(...ds: readonly string[]): Promise<void>;
  stopParent(): Promise<void>;
  startParent(): Promise<void>;
  stop(): Promise<void>;
};

/** What there has to be for a tree and is not, for `describe.skipIf`. */
export async function treeMissing(): Promise<string[]> {
  const missing = missingPrograms("knotd", "nsd", "unbound", "dnssec-signzone");
  return (await canBind(`127.${1 + randomOctet()}.53.1`, DOMAIN_PORT))
    ? missing
    : [...missing, "port 53 of 127.0.0.0/8"];
}

export async function startTree(): Promise<Tree> {
  const network = `127.${1 + randomOctet()}.${randomOctet()}`;
  const port = DOMAIN_PORT;
  const [root, parent, child] = [1, 2, 3].map((host) => ({ address: `${network}.${host}`, port })) as [
    Server,
    Server,
    Server,
  ];
  const directory = makeDirectory("tree");
  const parentSigner = makeZoneSigner(join(directory, "parent"), PARENT);
  const rootSigner = makeZoneSigner(join(directory, "root"), ".");
  let serial = 1;
  const parentText = (ds: readonly string[]) => parentZone(serial, parent, child, ds);
  parentSigner.sign(parentText([]));
  rootSigner.sign(rootZone(root, parent, parentSigner.ds));

  const rootServer = await startAuthority(root, ".", rootSigner);
  let parentServer = await startAuthority(parent, PARENT, parentSigner);
  const hints = writeIn(directory, "hints", `. 3600 IN NS a.root.\na.root. 3600 IN A ${root.address}\n`);
  const startResolver = (): Promise<Unbound> =>
    startUnbound({
      trustAnchors: [rootSigner.ds],
      stubs: [],
      more: [
        `root-hints: "${hints}"`,
        "cache-max-ttl: 1",
        "cache-max-negative-ttl: 1",
        "infra-host-ttl: 1",
        "harden-below-nxdomain: no",
      ],
    });
  const resolver = await startResolver();
  return {
    child,
    parent,
    resolver,
    startResolver,
    publishDs: async (...ds) => {
      serial++;
      parentSigner.sign(parentText(ds));
      parentServer.signal("SIGHUP");
      await until(`serial ${serial} at the parent`, async () => (await askSerial(parent, PARENT)) === serial);
    },
    stopParent: () => parentServer.stop(),
    startParent: async () => {
      parentServer = await startAuthority(parent, PARENT, parentSigner);
    },
    stop: async () => {
      await Promise.all([resolver.stop(), rootServer.stop(), parentServer.stop()]);
      removeDirectory(directory);
    },
  };
}

function rootZone(root: Server, parent: Server, parentDs: string): string {
  return `$TTL ${TREE_TTL}
. IN SOA a.root. hostmaster.root. 1 3600 600 86400 ${TREE_TTL}
. IN NS a.root.
a.root. IN A ${root.address}
${PARENT} IN NS ns.${PARENT}
ns.${PARENT} IN A ${parent.address}
${parentDs}
`;
}

function parentZone(serial: number, parent: Server, child: Server, ds: readonly string[]): string {
  const withTtl = ds.map((line) => line.replace(/^(\S+) (\d+ )?IN/, `$1 ${TREE_TTL} IN`));
  return `$TTL ${TREE_TTL}
${PARENT} IN SOA ns.${PARENT} hostmaster.${PARENT} ${serial} 3600 600 86400 ${TREE_TTL}
${PARENT} IN NS ns.${PARENT}
ns.${PARENT} IN A ${parent.address}
${OUR_NAME} IN A ${child.address}
${CHILD} IN NS ${OUR_NAME}
${withTtl.join("\n")}
`;
}

async function startAuthority(server: Server, zone: string, signer: ZoneSigner): Promise<ServerProcess> {
  const { directory } = signer;
  const configuration = writeIn(
    directory,
    "nsd.conf",
    `server:
    ip-address: ${server.address}@${server.port}
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "${directory}"
    database: ""
    pidfile: "${directory}/nsd.pid"
    xfrdfile: "${directory}/xfrd.state"
    zonelistfile: "${directory}/zone.list"
    xfrdir: "${directory}"
    log-only-syslog: no
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "${zone}"
    zonefile: "zone"
`,
  );
  return startProcess(getProgram("nsd"), ["-d", "-c", configuration], {
    directory,
    keepDirectory: true,
    ready: async () => (await askSerial(server, zone)) !== undefined,
  });
}

async function askSerial(server: Server, zone: string): Promise<number | undefined> {
  const octets = await queryTcp(server, { name: zone, type: SOA }).catch(() => undefined);
  const soa = octets && decodeReply(octets).answer.find((rr) => rr.type === SOA);
  // Serial, refresh, retry, expire, minimum: the last five numbers.
  return soa && Number.parseInt(soa.rdata.slice(-40, -32), 16);
}

function randomOctet(): number {
  return 1 + Math.floor(Math.random() * 250);
}

function canBind(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
