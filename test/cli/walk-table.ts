/**
 * A line for each verb: words that work, in an order in which they do. `{}` stands for `t` in the table's turn and for `j` in that of
 * `--json`, so that each turn makes and takes away things of its own; `{image}` for an image file that is there at that time,
 * `{record}` for a record of first.example, `{session}` for a session of whoever asks.
 * `test/cli/walk.test.ts` fails for a verb without a line.
 */

export type Line = {
  /** As `--help` has it. */
  readonly verb: string;
  readonly words: readonly string[];
  /** Another exit code than 0. */
  readonly code?: 1;
  /** Its output is nothing but a table, with or without rows: it keeps to 80 columns. */
  readonly table?: true;
  /** Its JSON is a document on each line. */
  readonly lines?: true;
  /** Needs no server: neither a token nor an address is looked for. */
  readonly local?: true;
  /** What somebody may who may only look. */
  readonly viewer?: boolean;
};

export type World = {
  /** The primary, `ADDRESS:PORT`. */
  readonly primary: string;
  /** A zone with the longest name that there can be. */
  readonly long: string;
  readonly password: string;
};

const line = (verb: string, ...words: readonly string[]): Line => ({ verb, words });
const look = (verb: string, ...words: readonly string[]): Line => ({ verb, words, viewer: true });
const table = (verb: string, ...words: readonly string[]): Line => ({ verb, words, viewer: true, table: true });

/** Names that fill their columns. */
const WORDY = "a name with many words in it, as long as people make them when nobody stops them";

export function walkLines(world: World): readonly Line[] {
  return [...setUp(world), ...zones(world), ...signing(), ...lookedAt(world), ...people(world), ...takenAway()];
}

function setUp({ primary }: World): readonly Line[] {
  return [
    line("tsig add", "{}.transfer.example"),
    line("tsig set", "{}.transfer.example", "--new-secret", "--algorithm", "hmac-sha512"),
    table("tsig list"),
    line("tsig show", "{}.transfer.example"),
    line("peer add", `{} ${WORDY}`, "[2001:db8:1111:2222:3333:4444:5555:6666]:65535", "--tsig", "{}.transfer.example"),
    line("peer set", `{} ${WORDY}`, "--name", `{}-${WORDY}`, "--no-ixfr"),
    table("peer list"),
    look("peer show", `{}-${WORDY}`),
    look("peer tls", `{}-${WORDY}`),
    line("peer tls", `{}-${WORDY}`, "--opportunistic", "--port", "8853"),
    line("peer tls", `{}-${WORDY}`, "--forget"),
    line("acl add", `{} ${WORDY}`, "2001:db8:1111:2222::/64"),
    line("acl set", `{} ${WORDY}`, "--range", "192.0.2.0/28", "--name", `{}-${WORDY}`),
    table("acl list"),
    line("zone add", "{}.added.example", "--peer", "192.0.2.53"),
    line("zone set", "{}.added.example", "--peer", primary, "--refresh", "600"),
    line("zone set", "{}.added.example", "--no-peer"),
  ];
}

function zones({ long }: World): readonly Line[] {
  return [
    table("zone list"),
    table("zone list", "--long"),
    look("zone show", long),
    line("zone checks", long, "--zonemd", "off"),
    look("zone checks", long),
    line("zone timers", long, "--by", "soa"),
    line("zone limits", long, "--records", "1000"),
    line("zone check", long),
    look("zone dns-settings", long),
    line("zone dns-settings", long, "--no-secondary-overrides"),
    { ...line("zone dns-settings", long, "--secondary-overrides"), code: 1 },
    line("zone pause", long),
    line("zone resume", long),
    line("zone freeze", long),
    line("zone thaw", long),
    line("transfer now", long, "--wait"),
    look("transfer status", long),
    table("transfer history", long, "--limit", "2"),
    line("dnssec mode", "held.example", "presigned"),
    look("zone held", "held.example"),
    { ...line("zone release", "held.example"), code: 1 },
    line("zone drop", "held.example"),
    line("dnssec mode", "held.example", "unsigned"),
    line("transfer now", "held.example", "--wait"),
    line("outgoing set", long, "--peer", "192.0.2.77"),
    line("outgoing set", long, "--no-tls-only"),
    look("outgoing show", long),
    line("outgoing disable", long),
    line("outgoing enable", long),
    line("outgoing notify", long),
    line("outgoing remove", long),
    line("catalog add", "{}.catalog.example", "--peer", "192.0.2.78"),
    line("catalog set", "{}.catalog.example", "--grace", "3600"),
    table("catalog list"),
    look("catalog show", "{}.catalog.example"),
  ];
}

function signing(): readonly Line[] {
  return [
    line("dnssec enable", "live.example"),
    look("dnssec show", "live.example"),
    look("dnssec zsk", "live.example"),
    { ...table("dnssec registrars"), local: true },
    look("key list", "live.example"),
    line("key schedule", "live.example", "30"),
    line("key roll", "live.example", "zsk"),
    line("key cancel", "live.example", "zsk"),
    look("multi-signer", "live.example", "--leave", "partner"),
    line("dnssec disable", "live.example"),
    line("dnssec delete", "live.example", "--force"),
  ];
}

function lookedAt({ long }: World): readonly Line[] {
  return [
    table("records", long),
    table("records", "first.example"),
    look("records", "first.example", "--count"),
    look("records", "first.example", "--id", "{record}"),
    look("export", long),
    look("explain", "first.example", "nothing", "AAAA"),
    look("explain", long),
    look("analytics", "first.example", "--by", "queryName"),
    look("analytics", "first.example", "--every", "hour"),
    look("check", "first.example"),
    look("check", "first.example", "--last", "--svg"),
    table("events"),
    look("watch", "first.example"),
    { ...look("doctor"), code: 1 },
    look("whoami"),
    table("audit list"),
    look("audit show", "1"),
    { ...look("audit export"), lines: true },
    { ...look("image dump", "{image}"), local: true },
    { ...look("completion", "bash"), local: true },
  ];
}

function people({ password }: World): readonly Line[] {
  const hook = "https://127.0.0.1/a/path/that/goes/on/and/on/until/nothing/of/it/fits/into/a/column/any/more";
  return [
    line("alert destination add", `{} ${WORDY}`, "--webhook", hook, "--secret-file", password),
    line("alert destination set", `{} ${WORDY}`, "--secret-file", password),
    table("alert destination list"),
    look("alert destination show", `{} ${WORDY}`),
    { ...line("alert destination test", `{} ${WORDY}`), code: 1 },
    line("alert add", `{} ${WORDY}`, "--to", `{} ${WORDY}`),
    line("alert set", `{} ${WORDY}`, "--all-kinds", "--zone", "first.example", "--window", "0"),
    look("alert show", `{} ${WORDY}`),
    table("alert kinds"),
    line("alert disable", `{} ${WORDY}`),
    line("alert enable", `{} ${WORDY}`),
    table("alert list"),
    table("alert deliveries"),
    table("alert history"),
    line("alert remove", `{} ${WORDY}`),
    line("alert destination remove", `{} ${WORDY}`),
    line("user add", "{}@a-long-name-of-a-host.in-a-long-domain.example", "--password-file", password),
    line("user set", "{}@a-long-name-of-a-host.in-a-long-domain.example", "--name", `{} ${WORDY}`),
    line("user password", "{}@a-long-name-of-a-host.in-a-long-domain.example", "--password-file", password),
    { ...table("user list"), viewer: false },
    line("user show", "{}@a-long-name-of-a-host.in-a-long-domain.example"),
    line("user remove", "{}@a-long-name-of-a-host.in-a-long-domain.example"),
    { ...table("session list"), viewer: false },
    line("session end", "{session}"),
    line("session end", "--all"),
    line("token create", `{} ${WORDY}`, "--may", "DNS Read", "Zone Read"),
    line("token set", `{} ${WORDY}`, "--zone", "first.example", "--from", "192.0.2.0/24", "--disable"),
    line("token show", `{} ${WORDY}`),
    { ...table("token list"), viewer: false },
    table("token groups"),
    line("token roll", `{} ${WORDY}`),
    line("token revoke", `{} ${WORDY}`),
    line("token create", `{} ${WORDY}`, "--may", "DNS Read", "--account"),
    line("token set", `{} ${WORDY}`, "--name", `{}-${WORDY}`, "--account"),
    line("token show", `{}-${WORDY}`, "--account"),
    { ...table("token list", "--account"), viewer: false },
    table("token groups", "--account"),
    line("token roll", `{}-${WORDY}`, "--account"),
    line("token revoke", `{}-${WORDY}`, "--account"),
    look("account show"),
    line("account set", "--no-enforce-dns-only"),
  ];
}

function takenAway(): readonly Line[] {
  return [
    line("catalog remove", "{}.catalog.example"),
    line("zone remove", "{}.added.example"),
    line("peer remove", `{}-${WORDY}`),
    line("acl remove", `{}-${WORDY}`),
    line("tsig remove", "{}.transfer.example"),
  ];
}
