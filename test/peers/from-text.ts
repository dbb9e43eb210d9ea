/** What starting each of the servers here is made of: zones' texts in files, a configuration, a program in the foreground. */
import { bareName, type Peer, type PeerOptions, type PeerZone, servedSerial, servesAll } from "./peer.ts";
import { freePort, LOOPBACK, makeDirectory, startProcess, writeIn } from "./server-process.ts";
import { untilServed } from "./until.ts";

export type TextServer = {
  readonly kind: Peer["kind"];
  readonly version: () => string;
  /** Writes the configuration beside the zones' files (`zoneFile`); the program and its arguments. */
  readonly command: (directory: string, port: number) => readonly string[];
  /** Tells it of a zone's new file and waits; absent: it is sent SIGHUP. */
  readonly reload?: (directory: string, zone: PeerZone, served: () => Promise<unknown>) => Promise<void>;
};

export function zoneFile(zone: { readonly name: string }): string {
  return `${bareName(zone.name)}.zone`;
}

/** Resolves when every zone is served. */
export async function startFromText(server: TextServer, options: PeerOptions): Promise<Peer> {
  const directory = makeDirectory(server.kind);
  const port = options.port ?? (await freePort());
  for (const zone of options.zones) writeIn(directory, zoneFile(zone), zone.text);
  const [program, ...args] = [...(options.launcher ?? []), ...server.command(directory, port)];
  const child = await startProcess(program!, args, { directory, ready: () => servesAll(port, options.zones) });
  return {
    kind: server.kind,
    version: server.version(),
    address: LOOPBACK,
    port,
    process: child,
    replaceZone: async (zone) => {
      const before = await servedSerial(port, zone.name);
      const served = (): Promise<number> => untilServed(port, zone.name, before);
      writeIn(directory, zoneFile(zone), zone.text);
      if (server.reload) return server.reload(directory, zone, served);
      child.signal("SIGHUP");
      await served();
    },
    stop: child.stop,
  };
}
