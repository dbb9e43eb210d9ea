import { describe, expect, test } from "vitest";
import { PLACEHOLDER, PRIMARY_PROGRAMS, primaryLines, printPrimaryLines } from "./primary-lines.ts";

const key = { name: "transfer.example.", algorithm: "HMAC-SHA256.", secret: "c2VjcmV0" };
const setup = { zone: "example.com", address: "192.0.2.10", port: "53" };

describe.each(PRIMARY_PROGRAMS)("the lines for %s", (program) => {
  test("name the zone and the address, and no key where there is none", () => {
    const lines = primaryLines(program, { ...setup, key: undefined });
    expect(lines).toContain("example.com");
    expect(lines).toContain("192.0.2.10");
    expect(lines).not.toMatch(/undefined|transfer\.example/);
  });

  test("have the key's name without its dot, and the algorithm in lower case", () => {
    const lines = primaryLines(program, { ...setup, key });
    if (program === "Windows DNS Server") return expect(lines).not.toContain("c2VjcmV0");
    expect(lines).toContain("hmac-sha256");
    expect(lines).toContain("c2VjcmV0");
    expect(lines).not.toContain("transfer.example.");
    return undefined;
  });
});

test("all programs that know TSIG stand in one text, with placeholders", () => {
  const text = printPrimaryLines(key);
  for (const word of [...Object.values(PLACEHOLDER), "# Knot DNS", "# PowerDNS"]) expect(text).toContain(word);
});
