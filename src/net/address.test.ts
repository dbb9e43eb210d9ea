import { expect, test } from "vitest";
import { toHex } from "#bytes";
import { addressOctets, printAddress, printSocketAddress, readSocketAddress, unmapAddress } from "./address.ts";

test.each([
  ["192.0.2.1", "c0000201"],
  ["0.0.0.0", "00000000"],
  ["::", "00".repeat(16)],
  ["::1", `${"00".repeat(15)}01`],
  ["2001:db8::1", `20010db8${"00".repeat(11)}01`],
  ["2001:db8:1:2:3:4:5:6", "20010db8000100020003000400050006"],
  ["::ffff:192.0.2.1", `${"00".repeat(10)}ffffc0000201`],
  ["fe80::1%eth0", `fe80${"00".repeat(13)}01`],
  ["1::", `0001${"00".repeat(14)}`],
])("%s is %s", (text, hex) => {
  expect(toHex(addressOctets(text)!)).toBe(hex);
});

test.each([
  "",
  "localhost",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  "1.2.3.-1",
  ":::",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "12345::",
  "g::",
  "1:2:3:4:5:6:7:8::",
  "1.2.3.4::",
  "::1.2.3",
])("%s is no address", (text) => {
  expect(addressOctets(text)).toBeUndefined();
});

test.each([
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["0:0:1:0:0:0:1:0", "0:0:1::1:0"],
  ["1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"],
  ["::", "::"],
  ["192.0.2.7", "192.0.2.7"],
])("%s is printed as %s (RFC 5952)", (text, printed) => {
  expect(printAddress(addressOctets(text)!)).toBe(printed);
});

test("address and port, read and printed", () => {
  for (const text of ["192.0.2.1:5300", "[2001:db8::1]:53"]) {
    const read = readSocketAddress(text, 53);
    expect(read.ok && printSocketAddress(read.value)).toBe(text);
  }
  expect(readSocketAddress("192.0.2.1", 53)).toEqual({ ok: true, value: { address: "192.0.2.1", port: 53 } });
  expect(readSocketAddress("2001:db8::1", 53)).toEqual({ ok: true, value: { address: "2001:db8::1", port: 53 } });
  expect(readSocketAddress("[::1]", 853)).toEqual({ ok: true, value: { address: "::1", port: 853 } });
  for (const text of ["host:53", "1.2.3.4:65536", "1.2.3.4:", "[1.2.3.4", "", ":53"]) {
    expect(readSocketAddress(text, 53).ok).toBe(false);
  }
});

test("a mapped IPv4 address is an IPv4 address", () => {
  expect([...unmapAddress(addressOctets("::ffff:192.0.2.1")!)]).toEqual([192, 0, 2, 1]);
  expect(unmapAddress(addressOctets("::fffe:192.0.2.1")!).length).toBe(16);
});
