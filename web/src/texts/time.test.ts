import { expect, test } from "vitest";
import { printOctets } from "./common.ts";
import { printDuration, printRelative } from "./time.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

test.each([
  [0, "now"],
  [-30, "moments ago"],
  [30, "in a moment"],
  [-60, "1 minute ago"],
  [-7200, "2 hours ago"],
  [86_400, "tomorrow"],
  [-86_400, "yesterday"],
  [13 * 86_400, "in 13 days"],
])("%s s from now is %s", (seconds, words) => expect(printRelative(at(seconds), NOW)).toBe(words));

test.each([
  [0, "0 seconds"],
  [90, "1 minute 30 seconds"],
  [3600, "1 hour"],
  [90_061, "1 day 1 hour"],
])("%s s last %s", (seconds, words) => expect(printDuration(seconds)).toBe(words));

test.each([
  [999, "999 bytes"],
  [3100, "3.1 kB"],
  [123_456_789, "123 MB"],
])("%s octets are %s", (octets, words) => expect(printOctets(octets)).toBe(words));
