/** `kill -9` between each two durable steps of a catalog's member: it comes, changes owner, leaves, is back, begins anew, is gone. */
import { type Handover, playHandover } from "./handovers.ts";
import { describePlays } from "./plays.ts";

const NOTHING = { old: "" };
const THEIRS = { old: "m" };

const HANDOVERS: readonly Handover[] = [
  {
    key: "made",
    title: "a member comes, and keys are made for it",
    before: [NOTHING],
    after: THEIRS,
    of: "made",
    keeps: false,
    end: "old",
    does: ["commit catalog_members, zones", "commit keys, zone_dnssec"],
  },
  {
    key: "coo",
    title: "its owner hands a member over",
    before: [THEIRS],
    after: { old: "m coo" },
    of: "old",
    keeps: true,
    end: "old",
    does: ["commit catalog_members"],
  },
  {
    key: "moves",
    title: "a member changes owner",
    before: [
      { old: "m", next: "" },
      { old: "m coo", next: "" },
    ],
    after: { old: "m coo", next: "m" },
    of: "member",
    keeps: true,
    end: "next",
    does: ["commit catalog_members"],
  },
  {
    key: "leaves",
    title: "a member leaves",
    before: [THEIRS],
    after: NOTHING,
    of: "old",
    keeps: true,
    end: "nobody",
    does: ["commit catalog_members", "commit catalogs"],
  },
  {
    key: "back",
    title: "a member that left is back",
    before: [THEIRS, NOTHING],
    after: THEIRS,
    of: "member",
    keeps: true,
    end: "old",
    does: ["commit catalog_members"],
  },
  {
    key: "anew",
    title: "a member gets another label, and begins anew",
    before: [THEIRS],
    after: { old: "other" },
    of: "member",
    keeps: false,
    end: "old",
    does: ["remove folder"],
  },
  {
    key: "gone",
    title: "a member leaves, and its grace period is over",
    before: [THEIRS],
    after: NOTHING,
    of: "member",
    keeps: false,
    graceSeconds: 0,
    end: "nobody",
    does: ["commit catalog_members", "remove folder"],
  },
];

describePlays("kill -9 between two steps of a catalog's member", {
  programs: ["delv"],
  sentence: "it has one owner at most, and its keys as long as it is the same zone",
  plays: HANDOVERS.map(playHandover),
});
