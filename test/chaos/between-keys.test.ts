/** `kill -9` between each two durable steps of keys that are made for the first time, and of keys that go with DNSSEC. */
import { type Making, playMaking } from "./making.ts";
import { describePlays } from "./plays.ts";

const MAKINGS: readonly Making[] = [
  {
    key: "live",
    title: "signed here for the first time",
    mode: "live",
    act: "switch-on",
    does: ["commit keys, zone_dnssec", "commit apex, served, zone_versions"],
  },
  {
    key: "chain",
    title: "signed here for the first time, as a whole chain",
    mode: "live-chain",
    act: "switch-on",
    does: ["commit keys, zone_dnssec", "rename s image"],
  },
  {
    key: "multi",
    title: "signed here beside another signer for the first time",
    mode: "multisigner",
    act: "switch-on",
    does: ["commit keys, zone_dnssec", "commit apex, served, zone_versions"],
  },
  {
    key: "keyless",
    title: "DNSSEC is deleted with the keys",
    mode: "live",
    act: "delete",
    does: ["commit no keys, zone_dnssec"],
  },
];

describePlays("kill -9 between two steps of keys that are made", {
  programs: ["delv"],
  sentence: "there is no key, or one pair; what was shown or served is there, and validates",
  plays: MAKINGS.map(playMaking),
});
