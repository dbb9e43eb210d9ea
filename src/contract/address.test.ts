import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseAclRange, printAddress, printRange, rangeContains, readAddress, readRange } from "./address.ts";

describe("addresses", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("%s is printed %s (RFC 5952)", (text, printed) => {
    expect(printAddress(readAddress(text)!)).toBe(printed);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
    "fe80::1%eth0",
    "1.2.3.4::",
    "1:2:3:4:5:6:7::8",
    " ::1",
  ])("%j is none", (text) => {
    expect(readAddress(text)).toBeUndefined();
  });

  it("come back after printing", () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(octets, (address) => {
        expect(readAddress(printAddress(address))).toEqual(address);
      }),
    );
  });
});

describe("ranges", () => {
  it.each([
    ["192.0.2.53/28", { range: "192.0.2.48/28" }],
    ["192.0.2.53", { range: "192.0.2.53/32" }],
    ["2001:db8::1/64", { range: "2001:db8::/64" }],
    ["192.0.2.0/24", { range: "192.0.2.0/24" }],
    ["192.0.2.0/23", { code: "acl.range-too-large" }],
    ["2001:db8::/63", { code: "acl.range-too-large" }],
    ["192.0.2.0/33", { code: "acl.range-invalid" }],
    ["192.0.2.0/", { code: "acl.range-invalid" }],
    ["192.0.2.0/8/8", { code: "acl.range-invalid" }],
    ["example.com/24", { code: "acl.range-invalid" }],
  ])("%s as an ACL's", (text, expected) => {
    expect(normaliseAclRange(text)).toEqual(expected);
  });

  it("hold their addresses and no others", () => {
    const range = readRange("192.0.2.48/28")!;
    expect(rangeContains(range, readAddress("192.0.2.63")!)).toBe(true);
    expect(rangeContains(range, readAddress("192.0.2.64")!)).toBe(false);
    expect(rangeContains(range, readAddress("::c000:230")!)).toBe(false);
    expect(rangeContains(readRange("0.0.0.0/0")!, readAddress("255.0.0.1")!)).toBe(true);
    expect(printRange(readRange("2001:db8:ffff::1/33")!)).toBe("2001:db8:8000::/33");
  });
});
