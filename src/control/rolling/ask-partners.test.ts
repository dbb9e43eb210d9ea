/** How long a rollover waits for caches that have a partner's DNSKEY set, whatever TTL the partner says. */
import { expect, test } from "vitest";
import { cachedSeconds } from "./ask-partners.ts";

const WEEK = 7 * 86_400;

test.each([
  ["no set", [], 0],
  ["one TTL", [3600], 3600],
  ["several: the longest", [60, 3600, 300], 3600],
  ["a week", [WEEK], WEEK],
  ["68 years would hold the rollover up for as long: a week", [2 ** 31 - 1], WEEK],
  ["the top bit set is 0 (RFC 2181 section 8)", [2 ** 31], 0],
  ["all bits set beside one that counts", [2 ** 32 - 1, 300], 300],
])("%s", (_, ttls, seconds) => expect(cachedSeconds(ttls)).toBe(seconds));
