/**
 * Permission groups, as the provider names them: "DNS Read", "DNS Write". A token's policies name groups; a route needs one of
 * some, or the role of a user. Identifiers are the provider's own where it has the group, so that configurations written for
 * it work; groups marked `own` are Countersign's.
 */
import type { Role } from "./session.ts";

export type Level = "read" | "write";
export type Reach = "zone" | "account" | "user";

type Group = { readonly reach: Reach; readonly read: string; readonly write: string; readonly own?: true };

export const GROUPS = {
  Zone: { reach: "zone", read: "c8fed203ed3043cba015a93ad1616f1f", write: "e6d2666161e84845a636613608cee8d5" },
  DNS: { reach: "zone", read: "82e64a83756745bbbb1c9c2701bf816b", write: "4755a26eedb94da69e1066d98aa820be" },
  "Zone Settings": {
    reach: "zone",
    read: "517b21aee92c4d89936c976ba6e4be55",
    write: "3030687196b94b638145a3953da2b699",
  },
  "Account Settings": {
    reach: "account",
    read: "c1fde68c7bcc44588cbb6ddbc16d6480",
    write: "1af1fa2adc104452b74a9a3364202f20",
  },
  "Account API Tokens": {
    reach: "account",
    read: "eb56a6953c034b9d97dd838155666f06",
    write: "5bc3f8b21c554832afc660159ab75fa4",
  },
  "API Tokens": { reach: "user", read: "0cc3a61731504c89b99ec1be78b77aa0", write: "686d18d5ac6c441c867cbf6771e58a0a" },
  "User Details": {
    reach: "user",
    read: "8acbe5bb0d54464ab867149d7f7cf8ac",
    write: "55a5e17cc99e4a3fa1f3432d262f2e55",
  },
  "Zone DNS Settings": {
    reach: "zone",
    read: "0a6cfe8cd3ed445e918579e2fb13087b",
    write: "c4df38be41c247b3b4b7702e76eadae0",
  },
  "Account DNS Settings": {
    reach: "account",
    read: "cfa964bcdafc4ab39704e7476154e41b",
    write: "dc44f27f48ab405392a5f69fe822bd01",
  },
  Notifications: {
    reach: "account",
    read: "c2c7db15b57ab2153731aa9a098558cf",
    write: "6aac967629bdbab5099d27a741c89e65",
    own: true,
  },
  Users: {
    reach: "account",
    read: "f4f592f593f7766247139cbd40c90f70",
    write: "711f8856659780de2196dd16b0ee61c0",
    own: true,
  },
} as const satisfies Record<string, Group>;

export type GroupName = keyof typeof GROUPS;

/**
 * What a route needs. `open`: nobody has to be known. `known`: whoever is known may, and sees only his own. `grant`: the role,
 * and for a token with policies one of the groups at that level for the resource that the path names.
 */
export type Need =
  | { readonly kind: "open" }
  | { readonly kind: "known" }
  | {
      readonly kind: "grant";
      readonly reach: Reach;
      readonly level: Level;
      readonly groups: readonly GroupName[];
      readonly role: Role;
      /** About all zones at once and not filtered: for those alone who may see each. */
      readonly every?: true;
    };
