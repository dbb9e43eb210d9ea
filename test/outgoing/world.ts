/** What the tests of outgoing transfers stand on: how a zone is given to secondaries, and what `kdig` is given by each server. */
import { execFile } from "node:child_process";
import { type Countersign, getProgram, type Secondary, type TsigKey, until } from "../peers/index.ts";

export type Where = { readonly address: string; readonly port: number };
export type Asking = {
  readonly key?: TsigKey | undefined;
  /** Local address. */
  readonly source?: string;
  readonly type?: string;
  readonly args?: readonly string[];
};

type Said = { readonly code: number; readonly out: string; readonly err: string };

/** kdig's words; its exit is 0 when the question was answered to its liking. */
export function kdig(from: Where, zone: string, asking: Asking = {}): Promise<Said> {
  const { key, source, type = "AXFR", args = [] } = asking;
  const options = ["+retry=0", "+timeout=20", "-p", String(from.port)];
  if (key) options.push("-y", `${key.algorithm}:${key.name}:${key.secret}`);
  if (source) options.push("-b", source);
  return new Promise((resolve) => {
    execFile(
      getProgram("kdig"),
      [...options, ...args, `@${from.address}`, zone, type],
      { encoding: "latin1", maxBuffer: 1 << 28 },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}

/** The zone as a server gives it, line by line, sorted, the SOA once; throws with kdig's words when it does not. */
export async function transferred(from: Where, zone: string, asking: Asking = {}): Promise<string[]> {
  const { code, out, err } = await kdig(from, zone, { ...asking, args: ["+noall", "+answer", ...(asking.args ?? [])] });
  const lines = out
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "" && !line.startsWith(";"));
  if (code !== 0 || lines.length < 2) throw new Error(`no transfer of ${zone}: ${err}${out}`);
  if (lines[0] !== lines.at(-1)) throw new Error(`${zone} ends with ${lines.at(-1)}`);
  return lines.slice(1).sort();
}

export type GivenTo = { readonly name: string; readonly port?: number; readonly tsig?: TsigKey | undefined };

/** A peer for each, with its TSIG; their ids. */
export async function makePeers(product: Countersign, secondaries: readonly GivenTo[]): Promise<string[]> {
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
  const known = (await product.call("GET", `${base}/tsigs`)) as { id: string; name: string }[];
  const peers: string[] = [];
  for (const { name, port, tsig } of secondaries) {
    let key = tsig && known.find((each) => each.name === tsig.name)?.id;
    if (tsig && !key) {
      const body = { name: tsig.name, algo: tsig.algorithm, secret: tsig.secret };
      key = ((await product.call("POST", `${base}/tsigs`, body)) as { id: string }).id;
      known.push({ id: key, name: tsig.name });
    }
    const where = port === undefined ? {} : { ip: "127.0.0.1", port };
    const body = { name, ...where, ...(key ? { tsig_id: key } : {}) };
    peers.push(((await product.call("POST", `${base}/peers`, body)) as { id: string }).id);
  }
  return peers;
}

/** The zone is given to these secondaries: peers, configuration, enabled. */
export async function giveTo(
  product: Countersign,
  zoneId: string,
  zone: string,
  secondaries: readonly GivenTo[],
): Promise<void> {
  const peers = await makePeers(product, secondaries);
  const outgoing = `/client/v4/zones/${zoneId}/secondary_dns/outgoing`;
  await product.call("POST", outgoing, { name: zone, peers });
  await product.call("POST", `${outgoing}/enable`);
}

export type Details = {
  readonly status: string;
  readonly serials: { readonly primary: number | null; readonly served: number | null };
  readonly journal: readonly number[];
  readonly peers: readonly {
    readonly name: string;
    readonly notify: { readonly serial: number; readonly outcome: string; readonly attempts: number } | null;
    readonly transfer: { readonly kind: string; readonly serial: number; readonly complete: boolean } | null;
  }[];
};

export async function outgoingOf(product: Countersign, zoneId: string): Promise<Details> {
  return (await product.call("GET", `/countersign/v1/zones/${zoneId}/outgoing`)) as Details;
}

export type TransferOut = {
  readonly kind: string;
  readonly got: string | null;
  readonly outcome: string;
  readonly address: string;
  readonly error: { readonly code: string } | null;
};

/** What the record of attempts says about transfers out, newest first. */
export async function transfersOut(product: Countersign, zoneId: string): Promise<readonly TransferOut[]> {
  return (await product.call("GET", `/countersign/v1/zones/${zoneId}/transfers?direction=out`)) as TransferOut[];
}

/** Until the secondary gives back just these lines. */
export async function untilEqual(secondary: Secondary, zone: string, lines: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  let said = "";
  try {
    await until(`${secondary.kind} has ${zone}`, async () => {
      last = await transferred(secondary, zone).catch((error: Error) => {
        said = error.message;
        return [];
      });
      return last.length === lines.length && last.every((line, i) => line === lines[i]);
    });
  } catch (error) {
    const missing = lines.filter((line) => !last.includes(line)).slice(0, 5);
    const extra = last.filter((line) => !lines.includes(line)).slice(0, 5);
    throw new Error(
      `${(error as Error).message}; missing ${JSON.stringify(missing)}, too many ${JSON.stringify(extra)}; ${said}; ${secondary.process.log().slice(-2000)}`,
    );
  }
}
