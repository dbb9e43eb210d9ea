import { expect, test } from "vitest";
import { makeAddressPolicy } from "./address-policy.ts";

const NOT_PUBLIC = [
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "169.254.169.254",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:10.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "fc00::1",
  "fe80::1",
  "ff02::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::1",
  "no address",
];

test.each(NOT_PUBLIC)("%s is not public", (address) => {
  expect(makeAddressPolicy([]).allows(address)).toBe(false);
});

test.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a01:4f8::1"])("%s is public", (address) => {
  const policy = makeAddressPolicy([]);
  expect([policy.allows(address), policy.named(address)]).toEqual([true, false]);
});

test("ranges that are named are taken, and those alone", () => {
  const policy = makeAddressPolicy(["10.1.0.0/16", "fd00:1::/32"]);
  for (const address of ["10.1.255.1", "fd00:1::5"]) {
    expect([policy.allows(address), policy.named(address)]).toEqual([true, true]);
  }
  for (const address of ["10.2.0.1", "fd00:2::5", "127.0.0.1"]) expect(policy.allows(address)).toBe(false);
});
