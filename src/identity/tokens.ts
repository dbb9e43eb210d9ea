/** API tokens with policies: made, replaced, rolled, deleted. The secret is shown once; what is kept is its digest. */
import {
  type ApiToken,
  type ApiTokenCreate,
  type ApiTokenUpdate,
  type Asker,
  type Outcome,
  rangeContains,
  readAddress,
  readRange,
  type TokenCondition,
  type TokenOwner,
  type TokenPolicy,
  type TokenService,
} from "#contract";
import { newId, type TokenRow } from "#store";
import { shownStatus } from "./askers.ts";
import type { Deps } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { checkPolicies, holds, listGroups } from "./policies.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

/** Of the whole installation. */
const TOKENS_MAX = 5000;

export function makeTokenService(deps: Deps): TokenService {
  const { store, nowMs, tell } = deps;
  const find = async (owner: TokenOwner, tokenId: string): Promise<Outcome<TokenRow>> => {
    const row = await store.tokens.find(tokenId);
    return row && isOf(row, owner) ? done(row) : refused("token.not-found", tokenId);
  };
  const told = (code: string, what: string, row: TokenRow, asker: Asker) =>
    tell({
      level: "info",
      code,
      message: `the API token ${row.name} was ${what} by ${asker.email}`,
      detail: { token: row.id, of: row.kind },
    });
  return {
    ...writePart(deps, find, told),
    listGroups: async (query) => done(listGroups(query)),
    async listTokens(owner, includeExpired) {
      const now = nowMs();
      const all = (await store.tokens.list()).filter((row) => isOf(row, owner)).map((row) => shown(row, now));
      return done(includeExpired ? all : all.filter(({ status }) => status !== "expired"));
    },
    async getToken(owner, tokenId) {
      const row = await find(owner, tokenId);
      return row.ok ? done(shown(row.value, nowMs())) : row;
    },
    async deleteToken(asker, owner, tokenId) {
      const row = await find(owner, tokenId);
      if (!row.ok) return row;
      await store.tokens.remove(tokenId);
      told("token.deleted", "deleted", row.value, asker);
      return done({ id: tokenId });
    },
  };
}

function writePart(
  { store, nowMs }: Deps,
  find: (owner: TokenOwner, tokenId: string) => Promise<Outcome<TokenRow>>,
  told: (code: string, what: string, row: TokenRow, asker: Asker) => void,
): Pick<TokenService, "createToken" | "updateToken" | "rollToken"> {
  return {
    async createToken(asker, owner, write) {
      const policies = checkPolicies(write.policies, owner, []);
      if (!policies.ok) return policies;
      if (!holds(asker, policies.value)) return refused("token.beyond");
      if ((await store.tokens.list()).length >= TOKENS_MAX) return refused("token.too-many", String(TOKENS_MAX));
      const now = nowMs();
      const secret = makeSecret();
      const row: TokenRow = {
        id: newId(),
        hash: hashSecret(secret),
        status: "active",
        ...ownerColumns(owner),
        ...columns(write, policies.value),
        createdAt: now,
        modifiedAt: now,
        usedAt: null,
      };
      await store.tokens.put(row);
      told("token.created", "made", row, asker);
      return done({ ...shown(row, now), value: secret });
    },
    async updateToken(asker, owner, tokenId, write: ApiTokenUpdate) {
      const before = await find(owner, tokenId);
      if (!before.ok) return before;
      const policies = checkPolicies(write.policies, owner, before.value.policies as readonly TokenPolicy[]);
      if (!policies.ok) return policies;
      if (!holds(asker, policies.value)) return refused("token.beyond");
      const status = write.status ?? before.value.status;
      const row = { ...before.value, ...columns(write, policies.value), status, modifiedAt: nowMs() };
      await store.tokens.put(row);
      told("token.changed", "changed", row, asker);
      return done(shown(row, nowMs()));
    },
    async rollToken(asker, owner, tokenId) {
      const before = await find(owner, tokenId);
      if (!before.ok) return before;
      if (!holds(asker, before.value.policies as readonly TokenPolicy[])) return refused("token.beyond");
      const secret = makeSecret();
      const row = { ...before.value, hash: hashSecret(secret), modifiedAt: nowMs() };
      await store.tokens.put(row);
      told("token.rolled", "given another secret", row, asker);
      return done(secret);
    },
  };
}

function isOf(row: TokenRow, owner: TokenOwner): boolean {
  if ("accountId" in owner) return row.kind === "account" && row.accountId === owner.accountId;
  return row.kind === "user" && row.userId === (owner.userId ?? null);
}

function ownerColumns(owner: TokenOwner): Pick<TokenRow, "kind" | "userId" | "accountId"> {
  return "accountId" in owner
    ? { kind: "account", userId: null, accountId: owner.accountId }
    : { kind: "user", userId: owner.userId ?? null, accountId: null };
}

function columns(write: ApiTokenCreate, policies: readonly TokenPolicy[]) {
  const time = (text: string | null | undefined) => (text ? Date.parse(text) : null);
  return {
    name: write.name,
    policies,
    condition: write.condition?.request_ip ? { request_ip: write.condition.request_ip } : null,
    expiresAt: time(write.expires_on),
    notBefore: time(write.not_before),
  };
}

/** Whether a token may be used from there. An address that can't be read is in no range. */
export function mayComeFrom(condition: unknown, address: string): boolean {
  const { request_ip: limits } = (condition ?? {}) as TokenCondition;
  if (!limits) return true;
  const octets = readAddress(address.replace(/^::ffff:(?=\d+\.)/i, ""));
  const inAny = (ranges: readonly string[]) =>
    octets !== undefined && ranges.some((text) => rangeContains(readRange(asRange(text))!, octets));
  if (limits.in && limits.in.length > 0 && !inAny(limits.in)) return false;
  if (limits.not_in && limits.not_in.length > 0) return octets !== undefined && !inAny(limits.not_in);
  return true;
}

function asRange(text: string): string {
  return text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
}

function shown(row: TokenRow, now: number): ApiToken {
  return {
    id: row.id,
    name: row.name,
    status: shownStatus({ ...row, notBefore: null }, now).status,
    issued_on: printSeconds(row.createdAt),
    modified_on: printSeconds(row.modifiedAt),
    ...(row.usedAt !== null && { last_used_on: printSeconds(row.usedAt) }),
    ...(row.expiresAt !== null && { expires_on: printSeconds(row.expiresAt) }),
    ...(row.notBefore !== null && { not_before: printSeconds(row.notBefore) }),
    policies: [...(row.policies as readonly TokenPolicy[])],
    ...(row.condition !== null && { condition: row.condition as ApiToken["condition"] }),
  };
}

/** Whole seconds, as it was sent: tools that compare what they sent with what they read see no difference. */
function printSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
