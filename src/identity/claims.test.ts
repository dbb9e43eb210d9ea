/** What follows from claims: roles, addresses, names; whatever somebody wrote into them. */
import { expect, test } from "vitest";
import { type Claims, emailOf, emailTrouble, nameOf, roleOf } from "./claims.ts";
import type { ProviderSettings } from "./deps.ts";

const SETTINGS: ProviderSettings = {
  issuer: "https://login.example",
  clientId: "c",
  clientSecret: undefined,
  dashboardUrl: "https://dns.example",
  name: "Example",
  scopes: ["openid"],
  rolesClaim: "groups",
  roleValues: { viewer: ["readers"], operator: ["ops"], admin: ["admins"] },
  newUsers: "refuse",
  newUserRole: "viewer",
  emailDomains: [],
  matchesEmail: false,
};
const NO_VALUES = { viewer: [], operator: [], admin: [] };

test.for<[string, Claims, string, ReturnType<typeof roleOf>]>([
  ["the highest of several", { groups: ["readers", "admins", "ops"] }, "groups", "admin"],
  ["one that is no list", { groups: "ops" }, "groups", "operator"],
  ["none that counts", { groups: ["x", "Admins", "admins "] }, "groups", null],
  ["no claim", {}, "groups", null],
  ["numbers, objects, lists in lists", { groups: [1, {}, ["admins"], null] }, "groups", null],
  ["within objects", { realm_access: { roles: ["ops"] } }, "realm_access.roles", "operator"],
  ["a name with dots as it is", { "https://a.example/roles": ["ops"] }, "https://a.example/roles", "operator"],
  ["the way leads through no object", { realm_access: "ops" }, "realm_access.roles", null],
  ["nothing that every object has", { groups: ["admins"] }, "constructor.name", null],
])("a role: %s", ([, claims, rolesClaim, role]) => {
  expect(roleOf(claims, { ...SETTINGS, rolesClaim })).toBe(role);
});

test("without any values no claim decides", () => {
  expect(roleOf({ groups: ["admins"] }, { ...SETTINGS, roleValues: NO_VALUES })).toBeUndefined();
});

test.for<[Claims, ReturnType<typeof emailOf>]>([
  [
    { email: "A@Example.com", email_verified: true },
    { address: "a@example.com", verified: true },
  ],
  [
    { email: "a@example.com", email_verified: "true" },
    { address: "a@example.com", verified: true },
  ],
  [
    { email: "a@example.com", email_verified: 1 },
    { address: "a@example.com", verified: false },
  ],
  [{ email: "a@example.com" }, { address: "a@example.com", verified: false }],
  [{ email: "a b@example.com", email_verified: true }, undefined],
  [{ email: "a@b@example.com", email_verified: true }, undefined],
  [{ email: "a\u0000@example.com", email_verified: true }, undefined],
  [{ email: ["a@example.com"], email_verified: true }, undefined],
  [{ email: `${"a".repeat(250)}@example.com`, email_verified: true }, undefined],
])("an address: %j", ([claims, email]) => {
  expect(emailOf(claims)).toEqual(email);
});

test("domains are looked at as wholes, and only where the address is verified", () => {
  const settings = { ...SETTINGS, emailDomains: ["example.com"] };
  const trouble = (address: string, verified = true) => emailTrouble({ address, verified }, settings);
  expect(trouble("a@example.com")).toBeUndefined();
  expect(trouble("a@example.com", false)).toContain("verified");
  for (const other of ["a@sub.example.com", "a@notexample.com", "a@example.com.evil.test"]) {
    expect(trouble(other)).toContain("not among");
  }
  expect(emailTrouble(undefined, settings)).toContain("does not say");
  expect(emailTrouble(undefined, SETTINGS)).toBeUndefined();
});

test("a name is cut, and has no control characters", () => {
  expect(nameOf({ name: " ", preferred_username: "ann" })).toBe("ann");
  expect(nameOf({ name: `A\u001b[31m${"n".repeat(500)}` })).toHaveLength(120);
  expect(nameOf({ name: 7 })).toBeUndefined();
});
