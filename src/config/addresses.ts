/** Addresses that can't all be listened on: told at once, not as a port that somebody else has. */
import type { ListenAddress } from "./kinds.ts";

type Listeners = {
  readonly dns: readonly ListenAddress[];
  readonly dnsTls: readonly ListenAddress[];
  readonly http: ListenAddress;
};

/** `config`: some of it may be missing, when it has other faults. */
export function findAddressConflicts(config: Partial<Listeners>): string[] {
  const { dns = [], dnsTls = [], http } = config;
  const named = [
    ...dns.map((at) => ["dns", at] as const),
    ...dnsTls.map((at) => ["dnsTls", at] as const),
    ...(http ? [["http", http] as const] : []),
  ];
  const seen = new Map<string, string>();
  const conflicts: string[] = [];
  for (const [option, { address, port }] of named) {
    // Any port that is free: as many as are asked for.
    if (port === 0) continue;
    const at = `${address.includes(":") ? `[${address}]` : address}:${port}`;
    const other = seen.get(at);
    if (other === option) conflicts.push(`${option}: ${at} is there twice; name it once.`);
    else if (other !== undefined)
      conflicts.push(`${other} and ${option} both have ${at}; give one of them another port.`);
    seen.set(at, option);
  }
  return conflicts;
}
