/** A TSIG as lines to paste at the primary: Knot DNS, BIND, NSD, PowerDNS. */

export type TsigLines = { readonly name: string; readonly algorithm: string; readonly secret: string };

/** What the reader has to replace. */
export const PLACEHOLDER = { zone: "ZONE", address: "COUNTERSIGN-ADDRESS", port: "COUNTERSIGN-PORT" } as const;

export type PrimaryProgram = "Knot DNS" | "BIND" | "NSD" | "PowerDNS";

/** The whole text for one program; `name` without the final dot, as three of the four want it. */
export const PRIMARY_LINES: Readonly<Record<PrimaryProgram, (key: TsigLines) => string>> = {
  "Knot DNS": ({ name, algorithm, secret }) => `key:
  - id: ${name}
    algorithm: ${algorithm}
    secret: ${secret}
remote:
  - id: countersign
    address: COUNTERSIGN-ADDRESS@COUNTERSIGN-PORT
    key: ${name}
acl:
  - id: countersign
    address: COUNTERSIGN-ADDRESS
    key: ${name}
    action: transfer
zone:
  - domain: ZONE
    notify: countersign
    acl: countersign
`,
  BIND: ({ name, algorithm, secret }) => `key "${name}" {
  algorithm ${algorithm};
  secret "${secret}";
};
zone "ZONE" {
  type primary;
  file "ZONE.zone";
  allow-transfer { key "${name}"; };
  notify explicit;
  also-notify { COUNTERSIGN-ADDRESS port COUNTERSIGN-PORT key "${name}"; };
};
`,
  NSD: ({ name, algorithm, secret }) => `key:
  name: "${name}"
  algorithm: ${algorithm}
  secret: "${secret}"
zone:
  name: "ZONE"
  zonefile: "ZONE.zone"
  notify: COUNTERSIGN-ADDRESS@COUNTERSIGN-PORT ${name}
  provide-xfr: COUNTERSIGN-ADDRESS ${name}
`,
  PowerDNS: ({ name, algorithm, secret }) => `pdnsutil import-tsig-key ${name} ${algorithm} '${secret}'
pdnsutil activate-tsig-key ZONE ${name} primary
pdnsutil set-meta ZONE ALSO-NOTIFY COUNTERSIGN-ADDRESS:COUNTERSIGN-PORT
`,
};

/** All four, each under its name. */
export function printPrimaryLines(key: TsigLines): string {
  const plain = {
    ...key,
    name: key.name.replace(/\.$/, ""),
    algorithm: key.algorithm.toLowerCase().replace(/\.$/, ""),
  };
  const { zone, address, port } = PLACEHOLDER;
  const parts = Object.entries(PRIMARY_LINES).map(([program, print]) => `\n# ${program}\n${print(plain)}`);
  return `For the primary (replace ${zone}, ${address} and ${port} by yours):\n${parts.join("")}`;
}
