/** Who gets a zone and who does not. */
import { expect, test } from "vitest";
import { readName } from "#name";
import type { TsigKey } from "#tsig";
import { judgeAccess, type OutgoingAccess, type Requester } from "../index.ts";

function key(text: string): TsigKey {
  const name = readName(text);
  if (!name.ok) throw new Error(text);
  return { name: name.value, algorithm: "hmac-sha256", secret: new Uint8Array(32) };
}

const at = (...octets: number[]) => Uint8Array.from(octets);
const A = at(192, 0, 2, 1);
const B = at(192, 0, 2, 2);
const ELSEWHERE = at(203, 0, 113, 7);
const IN_ACL = at(198, 51, 100, 9);
const ACL = { address: at(198, 51, 100, 0), prefixLength: 24 };
const K1 = key("k1.");
const K2 = key("k2.");

const plain: OutgoingAccess = {
  enabled: true,
  tlsOnly: false,
  ranges: [ACL],
  peers: [
    { id: "a", address: A, key: undefined },
    { id: "b", address: B, key: undefined },
  ],
};
const keyed: OutgoingAccess = {
  ...plain,
  peers: [
    { id: "a", address: A, key: K1 },
    { id: "b", address: B, key: K2 },
    { id: "n", address: undefined, key: K2 },
  ],
};

const privately: OutgoingAccess = {
  ...keyed,
  peers: keyed.peers.map((peer) => (peer.id === "a" ? { ...peer, tlsOnly: true } : peer)),
};
const certified: OutgoingAccess = {
  ...keyed,
  peers: [
    { id: "a", address: A, key: K1, asksAs: { pins: ["PIN"], names: [] } },
    { id: "b", address: B, key: K2, asksAs: { pins: [], names: ["b.example"] } },
  ],
};
const shown = (spki: string, names: string[] = [], verified = false) => ({
  encrypted: true,
  client: { spki, names, verified },
});

const CASES: readonly [string, OutgoingAccess | undefined, Partial<Requester>, string][] = [
  [
    "by ACL, with the key of a peer that is given over TLS alone",
    privately,
    { address: IN_ACL, key: K1 },
    "tls-required",
  ],
  ["the certificate and the key", certified, { key: K1, ...shown("PIN") }, "a"],
  ["the key over plain TCP, where a certificate is asked for", certified, { key: K1 }, "certificate-required"],
  ["the key over TLS without a certificate", certified, { key: K1, encrypted: true }, "certificate-required"],
  [
    "the certificate without TLS's ALPN",
    certified,
    { key: K1, ...shown("PIN"), encrypted: false },
    "certificate-required",
  ],
  ["another certificate", certified, { key: K1, ...shown("OTHER", ["a.example"], true) }, "wrong-certificate"],
  ["the certificate without the key", certified, shown("PIN"), "tsig-required"],
  [
    "a name that nobody verified",
    certified,
    { address: B, key: K2, ...shown("OTHER", ["b.example"]) },
    "wrong-certificate",
  ],
  ["a verified name", certified, { address: B, key: K2, ...shown("OTHER", ["x.example", "B.example"], true) }, "b"],
  [
    "the certificate of one and the key of another",
    certified,
    { address: IN_ACL, key: K2, ...shown("PIN") },
    "wrong-key",
  ],
  ["by ACL, both of one peer", certified, { address: IN_ACL, key: K2, ...shown("X", ["b.example"], true) }, "b"],
  ["a certificate where none is asked for", plain, shown("OTHER"), "a"],
  ["a zone that is not ours", undefined, {}, "not-given-out"],
  ["not enabled", { ...plain, enabled: false }, {}, "not-given-out"],
  ["a peer without TSIG", plain, {}, "a"],
  [
    "the same through an IPv6 socket",
    plain,
    { address: at(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1) },
    "a",
  ],
  ["an address of an ACL", plain, { address: IN_ACL }, "by ACL"],
  ["any other address", plain, { address: ELSEWHERE }, "address-not-allowed"],
  ["no peers and no ACL", { ...plain, peers: [], ranges: [] }, {}, "address-not-allowed"],
  ["no key where the peer has one", keyed, {}, "tsig-required"],
  ["the peer's key", keyed, { key: K1 }, "a"],
  ["another peer's key", keyed, { key: K2 }, "wrong-key"],
  ["the right key from elsewhere", keyed, { address: ELSEWHERE, key: K1 }, "address-not-allowed"],
  ["an ACL's address without a key, where peers have keys", keyed, { address: IN_ACL }, "tsig-required"],
  ["an ACL's address with any of the keys", keyed, { address: IN_ACL, key: K2 }, "b"],
  ["an ACL's address with a stranger's key", keyed, { address: IN_ACL, key: key("k3.") }, "wrong-key"],
  [
    "a key where one peer of two has it",
    { ...plain, peers: [keyed.peers[0]!, plain.peers[1]!] },
    { address: B },
    "tsig-required",
  ],
  ["TLS required, by clear TCP", { ...keyed, tlsOnly: true }, { key: K1 }, "tls-required"],
  ["TLS required, by TLS", { ...keyed, tlsOnly: true }, { key: K1, encrypted: true }, "a"],
  ["TLS required, by TLS, without the key", { ...keyed, tlsOnly: true }, { encrypted: true }, "tsig-required"],
  ["a peer that is spoken to over TLS alone, by clear TCP", privately, { key: K1 }, "tls-required"],
  ["the same, by TLS", privately, { key: K1, encrypted: true }, "a"],
  ["another peer of that zone, by clear TCP", privately, { address: B, key: K2 }, "b"],
];

test.each(CASES)("%s", (_, access, requester, says) => {
  const verdict = judgeAccess(access, { address: A, key: undefined, encrypted: false, ...requester });
  expect(verdict.kind === "allowed" ? (verdict.peer ?? "by ACL") : verdict.code).toBe(says);
});
