import { expect, test } from "vitest";
import { printPeerAddress, readPeerAddress } from "./peer-address.ts";

test.each([
  ["192.0.2.53", { ip: "192.0.2.53", port: 0 }, "192.0.2.53:53"],
  ["192.0.2.53:5300", { ip: "192.0.2.53", port: 5300 }, "192.0.2.53:5300"],
  ["2001:DB8::53", { ip: "2001:db8::53", port: 0 }, "[2001:db8::53]:53"],
  ["[2001:db8::53]", { ip: "2001:db8::53", port: 0 }, "[2001:db8::53]:53"],
  ["[2001:db8::53]:5300", { ip: "2001:db8::53", port: 5300 }, "[2001:db8::53]:5300"],
])("%s is an address", (text, address, printed) => {
  expect(readPeerAddress(text)).toEqual(address);
  expect(printPeerAddress(address)).toBe(printed);
});

test.each(["paris", "192.0.2.300", "192.0.2.1:0", "192.0.2.1:65536", "[192.0.2.1]:53", "[2001:db8::1", "", "1:53"])(
  "%j is none",
  (text) => expect(readPeerAddress(text)).toBeUndefined(),
);
