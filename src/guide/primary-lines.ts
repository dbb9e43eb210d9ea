/** What has to be said at the primary so that it gives a zone to Countersign and tells it of changes: lines to paste, by program. */

export type TsigLines = { readonly name: string; readonly algorithm: string; readonly secret: string };

export type PrimarySetup = {
  /** Without the final dot. */
  readonly zone: string;
  /** Where the primary finds Countersign. */
  readonly address: string;
  readonly port: string;
  /** Undefined: transfers are limited by the address alone. */
  readonly key: TsigLines | undefined;
};

/** What the reader has to replace where it isn't known. */
export const PLACEHOLDER = { zone: "ZONE", address: "COUNTERSIGN-ADDRESS", port: "COUNTERSIGN-PORT" } as const;

export const PRIMARY_PROGRAMS = ["Knot DNS", "BIND", "NSD", "PowerDNS", "Windows DNS Server"] as const;
export type PrimaryProgram = (typeof PRIMARY_PROGRAMS)[number];

/** The whole text for one program. */
export function primaryLines(program: PrimaryProgram, setup: PrimarySetup): string {
  const { key } = setup;
  return PRINTERS[program]({ ...setup, key: key && plain(key) });
}

/** Programs want names without the final dot, algorithms in lower case. */
function plain({ name, algorithm, secret }: TsigLines): TsigLines {
  return { name: name.replace(/\.$/, ""), algorithm: algorithm.toLowerCase().replace(/\.$/, ""), secret };
}

const PRINTERS: Readonly<Record<PrimaryProgram, (setup: PrimarySetup) => string>> = {
  "Knot DNS": ({ zone, address, port, key }) => `${
    key
      ? `key:
  - id: ${key.name}
    algorithm: ${key.algorithm}
    secret: ${key.secret}
`
      : ""
  }remote:
  - id: countersign
    address: ${address}@${port}
${key ? `    key: ${key.name}\n` : ""}acl:
  - id: countersign
    address: ${address}
${key ? `    key: ${key.name}\n` : ""}    action: transfer
zone:
  - domain: ${zone}
    notify: countersign
    acl: countersign
`,
  BIND: ({ zone, address, port, key }) => `${
    key
      ? `key "${key.name}" {
  algorithm ${key.algorithm};
  secret "${key.secret}";
};
`
      : ""
  }zone "${zone}" {
  type primary;
  file "${zone}.zone";
  allow-transfer { ${key ? `key "${key.name}"` : address}; };
  notify explicit;
  also-notify { ${address} port ${port}${key ? ` key "${key.name}"` : ""}; };
};
`,
  NSD: ({ zone, address, port, key }) => `${
    key
      ? `key:
  name: "${key.name}"
  algorithm: ${key.algorithm}
  secret: "${key.secret}"
`
      : ""
  }zone:
  name: "${zone}"
  zonefile: "${zone}.zone"
  notify: ${address}@${port} ${key?.name ?? "NOKEY"}
  provide-xfr: ${address} ${key?.name ?? "NOKEY"}
`,
  PowerDNS: ({ zone, address, port, key }) => `${
    key
      ? `pdnsutil import-tsig-key ${key.name} ${key.algorithm} '${key.secret}'
pdnsutil activate-tsig-key ${zone} ${key.name} primary
`
      : `pdnsutil set-meta ${zone} ALLOW-AXFR-FROM ${address}
`
  }pdnsutil set-meta ${zone} ALSO-NOTIFY ${address}:${port}
`,
  // It signs no transfers with TSIG, and notifies port 53 alone.
  "Windows DNS Server": ({
    zone,
    address,
  }) => `Set-DnsServerPrimaryZone -Name "${zone}" -SecureSecondaries TransferToSecureServers -SecondaryServers ${address} -Notify NotifyServers -NotifyServers ${address}
`,
};

/** The programs that know TSIG, each under its name, with placeholders. */
export function printPrimaryLines(key: TsigLines): string {
  const { zone, address, port } = PLACEHOLDER;
  const programs = PRIMARY_PROGRAMS.filter((program) => program !== "Windows DNS Server");
  const parts = programs.map((program) => `\n# ${program}\n${primaryLines(program, { ...PLACEHOLDER, key })}`);
  return `For the primary (replace ${zone}, ${address} and ${port} by yours):\n${parts.join("")}`;
}
