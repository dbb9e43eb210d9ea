/** One table for every lookup: question, RCODE and AA, records in presentation format. Zone CASES; TTL 300 unless said. */

export const APEX = "example.";

export const ZONE = `
$ORIGIN example.
$TTL 300
@ 3600 SOA ns1 admin 7 3600 600 86400 120
@ NS ns1
@ NS ns.elsewhere.test.
@ MX 10 Mail
ns1 A 192.0.2.1
ns1 AAAA 2001:db8::1
Mail A 192.0.2.2
MiXed A 192.0.2.3
host HINFO "PDP-11" "UNIX"
host A 192.0.2.11
a.b.ent TXT "deep"
*.wild TXT "wild"
*.wild MX 5 mail
x.y.wild A 192.0.2.4
sub.*.wild A 192.0.2.5
*.walias CNAME mail
*.wloop CNAME again.wloop
*.wns NS ns1
alias CNAME alias2
alias2 CNAME Mail
amiss CNAME missing
aout CNAME www.other.test.
acut CNAME www.cut
aself CNAME aself
aloop1 CNAME aloop2
aloop2 CNAME aloop1
awild CNAME foo.wild
afar CNAME !x.wout
wout TXT "before the wildcard"
*.wout CNAME www.other.test.
dn DNAME target
dn TXT "own data"
hidden.dn A 192.0.2.6
www.target A 192.0.2.7
dloop DNAME x.dloop
dout DNAME other.test.
dmiss DNAME nowhere
along CNAME x.dlong
dlong DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.ddddddddddddddddddddddddddddddddddddddddddddddddddd
cut NS ns.cut
cut NS ns.sibling
cut DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.cut A 192.0.2.8
cut.cut NS ns1
txt.cut TXT "occluded"
sibling NS ns.sibling
ns.sibling A 192.0.2.9
secret TYPE65280 \\# 3 010203
`;

/** TTL, type and RDATA. */
const REFUSED_ANY = '3789 HINFO "RFC8482" ""';

/** Sections in the order of the reply; "…" stands for additional records that may be left out. */
export const CASES: readonly (readonly [question: string, reply: string])[] = [
  ["mail.example. A", "NOERROR aa\nanswer mail.example. 300 A 192.0.2.2"],
  ["MAIL.EXAMPLE. A", "NOERROR aa\nanswer MAIL.EXAMPLE. 300 A 192.0.2.2"],
  ["mixed.example. A", "NOERROR aa\nanswer mixed.example. 300 A 192.0.2.3"],
  ["secret.example. TYPE65280", "NOERROR aa\nanswer secret.example. 300 TYPE65280 \\# 3 010203"],
  ["secret.example. TYPE65281", `NOERROR aa\n${soa()}`],
  ["mail.example. AAAA", `NOERROR aa\n${soa()}`],
  ["mail.example. MAILA", `NOERROR aa\n${soa()}`],
  ["nothing.example. A", `NXDOMAIN aa\n${soa()}`],
  ["below.mail.example. A", `NXDOMAIN aa\n${soa()}`],
  ["ent.example. A", `NOERROR aa\n${soa()}`],
  ["b.ent.example. TXT", `NOERROR aa\n${soa()}`],
  ["c.ent.example. TXT", `NXDOMAIN aa\n${soa()}`],
  ["example. SOA", "NOERROR aa\nanswer example. 3600 SOA ns1.example. admin.example. 7 3600 600 86400 120"],
  // RFC 8482 section 4.2: HINFO in place of what is there, but not where there is a CNAME or a HINFO.
  ["example. ANY", `NOERROR aa\nanswer example. ${REFUSED_ANY}`],
  ["MAIL.example. ANY", `NOERROR aa\nanswer MAIL.example. ${REFUSED_ANY}`],
  ["host.example. ANY", "NOERROR aa\nanswer host.example. 300 A 192.0.2.11"],
  ["ent.example. ANY", `NOERROR aa\n${soa()}`],
  ["nothing.example. ANY", `NXDOMAIN aa\n${soa()}`],
  ["example. DS", `NOERROR aa\n${soa()}`],
  // Wildcards.
  ["foo.wild.example. TXT", 'NOERROR aa\nanswer foo.wild.example. 300 TXT "wild"'],
  ["foo.bar.wild.example. TXT", 'NOERROR aa\nanswer foo.bar.wild.example. 300 TXT "wild"'],
  ["foo.wild.example. ANY", `NOERROR aa\nanswer foo.wild.example. ${REFUSED_ANY}`],
  ["q.walias.example. ANY", "NOERROR aa\nanswer q.walias.example. 300 CNAME mail.example."],
  ["foo.wild.example. A", `NOERROR aa\n${soa()}`],
  ["wild.example. TXT", `NOERROR aa\n${soa()}`],
  ["*.wild.example. TXT", 'NOERROR aa\nanswer *.wild.example. 300 TXT "wild"'],
  ["y.wild.example. TXT", `NOERROR aa\n${soa()}`],
  ["z.y.wild.example. TXT", `NXDOMAIN aa\n${soa()}`],
  ["foo.*.wild.example. TXT", `NXDOMAIN aa\n${soa()}`],
  ["sub.*.wild.example. A", "NOERROR aa\nanswer sub.*.wild.example. 300 A 192.0.2.5"],
  [
    "q.walias.example. A",
    "NOERROR aa\nanswer q.walias.example. 300 CNAME mail.example.\nanswer mail.example. 300 A 192.0.2.2",
  ],
  [
    "q.wloop.example. A",
    "NOERROR aa\nanswer q.wloop.example. 300 CNAME again.wloop.example.\nanswer again.wloop.example. 300 CNAME again.wloop.example.",
  ],
  ["q.wns.example. A", "NOERROR\nauthority *.wns.example. 300 NS ns1.example."],
  // CNAME.
  [
    "alias.example. A",
    "NOERROR aa\nanswer alias.example. 300 CNAME alias2.example.\nanswer alias2.example. 300 CNAME Mail.example.\nanswer Mail.example. 300 A 192.0.2.2",
  ],
  ["alias.example. CNAME", "NOERROR aa\nanswer alias.example. 300 CNAME alias2.example."],
  ["alias.example. ANY", "NOERROR aa\nanswer alias.example. 300 CNAME alias2.example."],
  ["amiss.example. A", `NXDOMAIN aa\nanswer amiss.example. 300 CNAME missing.example.\n${soa()}`],
  ["aout.example. A", "NOERROR aa\nanswer aout.example. 300 CNAME www.other.test."],
  ["aself.example. A", "NOERROR aa\nanswer aself.example. 300 CNAME aself.example."],
  [
    "aloop1.example. A",
    "NOERROR aa\nanswer aloop1.example. 300 CNAME aloop2.example.\nanswer aloop2.example. 300 CNAME aloop1.example.",
  ],
  ["awild.example. A", `NOERROR aa\nanswer awild.example. 300 CNAME foo.wild.example.\n${soa()}`],
  [
    "afar.example. A",
    "NOERROR aa\nanswer afar.example. 300 CNAME !x.wout.example.\nanswer !x.wout.example. 300 CNAME www.other.test.",
  ],
  [
    "acut.example. A",
    "NOERROR aa\nanswer acut.example. 300 CNAME www.cut.example.\nauthority cut.example. 300 NS ns.cut.example.\nauthority cut.example. 300 NS ns.sibling.example.\nadditional ns.cut.example. 300 A 192.0.2.8",
  ],
  // DNAME.
  ["dn.example. TXT", 'NOERROR aa\nanswer dn.example. 300 TXT "own data"'],
  ["dn.example. A", `NOERROR aa\n${soa()}`],
  [
    "www.dn.example. A",
    "NOERROR aa\nanswer dn.example. 300 DNAME target.example.\nanswer www.dn.example. 300 CNAME www.target.example.\nanswer www.target.example. 300 A 192.0.2.7",
  ],
  [
    "hidden.dn.example. A",
    `NXDOMAIN aa\nanswer dn.example. 300 DNAME target.example.\nanswer hidden.dn.example. 300 CNAME hidden.target.example.\n${soa()}`,
  ],
  ["dn.example. ANY", `NOERROR aa\nanswer dn.example. ${REFUSED_ANY}`],
  [
    "www.dn.example. ANY",
    `NOERROR aa\nanswer dn.example. 300 DNAME target.example.\nanswer www.dn.example. 300 CNAME www.target.example.\nanswer www.target.example. ${REFUSED_ANY}`,
  ],
  // The CNAME made answers a question for CNAME, which is not restarted (RFC 1034 section 3.6.2).
  ...["www", "hidden", "\\000.nowhere"].map((label): [string, string] => [
    `${label}.dn.example. CNAME`,
    `NOERROR aa\nanswer dn.example. 300 DNAME target.example.\nanswer ${label}.dn.example. 300 CNAME ${label}.target.example.`,
  ]),
  [
    "x.dout.example. A",
    "NOERROR aa\nanswer dout.example. 300 DNAME other.test.\nanswer x.dout.example. 300 CNAME x.other.test.",
  ],
  // Delegations.
  ["cut.example. DS", `NOERROR aa\nanswer cut.example. 300 DS 1 13 2 ${"0".repeat(64)}`],
  ["sibling.example. DS", `NOERROR aa\n${soa()}`],
  ...[
    "cut.example. NS",
    "cut.example. A",
    "txt.cut.example. TXT",
    "ns.cut.example. A",
    "cut.cut.example. DS",
    "q.cut.example. ANY",
  ].map(
    (question) =>
      [
        question,
        "NOERROR\nauthority cut.example. 300 NS ns.cut.example.\nauthority cut.example. 300 NS ns.sibling.example.\nadditional ns.cut.example. 300 A 192.0.2.8",
      ] as const,
  ),
];

function soa(): string {
  return "authority example. 120 SOA ns1.example. admin.example. 7 3600 600 86400 120";
}
