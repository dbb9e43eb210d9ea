/** `peer tls`: whether zones come from a peer in the clear or over TLS, and how it is known. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type PeerTransport, TLS_PORT, type TransportMode } from "#contract";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { findAccount, listPeers, pick } from "../find.ts";
import { addText, collect, readCount } from "../options.ts";
import { printFacts } from "../print.ts";

type TlsOptions = {
  readonly strict?: string;
  readonly pinned?: boolean;
  readonly opportunistic?: boolean;
  readonly clear?: boolean;
  readonly forget?: boolean;
  readonly pin?: readonly string[];
  readonly peerCa?: string;
  readonly port?: number;
  /** False: `--no-certificate`. */
  readonly certificate?: string | false;
  readonly key?: string;
  readonly asksAs?: readonly string[];
  readonly asksAsPin?: readonly string[];
  readonly asksAnyhow?: boolean;
};

export function addPeerTlsCommand(peer: Command, run: Runner): void {
  const tls = peer
    .command("tls <peer>")
    .description("transfers over TLS (RFC 9103): show how a peer is asked, or set it; the whole setting is replaced")
    .option("--strict <name>", "its certificate must chain to a CA and be for this name")
    .option("--pinned", "its key must be one of --pin, whatever its certificate says")
    .option("--opportunistic", "encrypted, but whoever answers is believed")
    .option("--clear", "back to UDP and TCP in the clear")
    .option("--forget", "back to the clear, and certificates, pins and what it asks as forgotten")
    .option("--pin <pin>", "SHA-256 of its SubjectPublicKeyInfo, base64; may be repeated", collect)
    .option(
      "--peer-ca <file>",
      "PEM file with the CAs that its certificate may chain to; else Node's. --ca behind tls, too",
    )
    .option("--port <port>", "its TLS port; 853 when left out", readCount(65_535))
    .option("--certificate <file>", "PEM file with a certificate that we show (mutual TLS), its chain behind it")
    .option("--key <file>", "PEM file with the private key of --certificate; - is standard input")
    .option("--no-certificate", "show none any more; without this a certificate that is set stays")
    .option("--asks-as <name>", "when it asks us: over TLS with a certificate for this name; may be repeated", collect)
    .option("--asks-as-pin <pin>", "the same by the pin of its key; may be repeated", collect)
    .option("--asks-anyhow", "no certificate is asked for any more; without this what is set stays")
    .action(run((context, name: string, options: TlsOptions) => peerTls(context, name, options)));
  addText(
    tls,
    `
  countersign peer tls paris --strict ns1.example.net --ca ca.pem
  countersign peer tls paris --pinned --pin 2Zw6v0q…= --pin "$NEXT_PIN"
  countersign peer tls berlin --clear --asks-as berlin.example.net
  countersign peer tls paris

The pin of a server:
  openssl s_client -connect HOST:853 -alpn dot </dev/null 2>/dev/null |
    openssl x509 -pubkey -noout | openssl pkey -pubin -outform der |
    openssl dgst -sha256 -binary | base64`,
  );
}

async function peerTls(context: Context, name: string, options: TlsOptions): Promise<void> {
  const { forget, ...settings } = options;
  if (forget && Object.entries(settings).some(([key, value]) => value !== undefined && key !== "certificate")) {
    throw usage("--forget stands alone: it takes everything away.");
  }
  const write = forget ? undefined : readWrite(settings);
  const api = context.api();
  const peer = pick("peer", await listPeers(api, await findAccount(api)), name);
  const params = { peerId: peer.id };
  if (forget) await api.call("transport.delete", { params });
  const shown = write
    ? await api.call("transport.set", { params, body: write })
    : await api.call("transport.get", { params });
  await context.show(shown, () => `${peer.name}\n${printTransport(shown)}`);
}

/** Undefined: nothing is to be set. */
function readWrite(options: TlsOptions) {
  const mode = modeOf(options);
  if (!mode) {
    const [given] = Object.keys(options).filter(
      (key) => options[key as keyof TlsOptions] !== undefined && key !== "certificate",
    );
    if (given === undefined && typeof options.certificate !== "string") return undefined;
    throw usage("Say how the peer is asked, too: --strict NAME, --pinned with --pin PIN, --opportunistic, or --clear.");
  }
  const { asksAs: names = [], asksAsPin: pins = [], asksAnyhow } = options;
  const asks = asksAnyhow ? null : names.length + pins.length > 0 ? { names: [...names], pins: [...pins] } : undefined;
  const { strict, pin = [], peerCa: ca, port, certificate, key } = options;
  if (typeof certificate === "string" && key === undefined) throw usage("--certificate needs --key, its private key.");
  const own =
    typeof certificate === "string" && key !== undefined
      ? { pem: readText(certificate), private_key_pem: readText(key) }
      : certificate === false
        ? null
        : undefined;
  return {
    mode,
    pins: [...pin],
    port: port ?? TLS_PORT,
    host_name: strict ?? null,
    ca_pem: ca === undefined ? null : readText(ca),
    ...(own === undefined ? {} : { client_certificate: own }),
    ...(asks === undefined ? {} : { asks_as: asks }),
  };
}

function modeOf({ strict, pinned, opportunistic, clear }: TlsOptions): TransportMode | undefined {
  const modes: TransportMode[] = [];
  if (strict !== undefined) modes.push("strict");
  if (pinned) modes.push("pinned");
  if (opportunistic) modes.push("opportunistic");
  if (clear) modes.push("clear");
  if (modes.length > 1)
    throw usage(`Give one of --strict, --pinned, --opportunistic and --clear, not ${modes.join(" and ")}.`);
  return modes[0];
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw notFound(`${file} can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`);
  }
}

const MODES: Readonly<Record<TransportMode, string>> = {
  clear: "clear: UDP and TCP",
  strict: "TLS, strict: the certificate must be for the name",
  pinned: "TLS, pinned: the key must be one of the pins",
  opportunistic: "TLS, opportunistic: encrypted, not authenticated",
};

function printTransport(transport: PeerTransport): string {
  const { mode, port, host_name: hostName, pins, ca_pem: ca, client_certificate: own, last_seen: seen } = transport;
  const asks = transport.asks_as;
  const asked: [string, string][] = asks
    ? [["it asks us", `over TLS alone, as ${[...asks.names, ...asks.pins].join(" or ")}`]]
    : [];
  if (mode === "clear") return printFacts([["transport", MODES.clear], ...asked]);
  return printFacts([
    ["transport", MODES[mode]],
    ["port", String(port)],
    ["name", hostName ?? "none"],
    ...pins.map((pin): [string, string] => ["pin", pin]),
    ["CAs", ca === null ? "those that come with Node" : "its own"],
    ["we show", own ? `${own.subject} until ${own.not_after}` : "no certificate"],
    ...asked,
    [
      "last seen",
      seen ? `${seen.subject}, ${seen.protocol}, known by ${seen.authenticated}, at ${seen.time}` : "not yet",
    ],
    ...(seen ? [["ends", seen.not_after] as [string, string], ["its key", seen.spki] as [string, string]] : []),
  ]);
}
