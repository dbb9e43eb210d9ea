/**
 * How often somebody may ask: a bucket of `requests`, filled again evenly over `seconds`, for each token or user and for each
 * address that asks without one. Memory is bounded: the bucket that was not touched for longest goes first, and a full one says
 * no more than none at all.
 */
import type { FastifyReply } from "fastify";

export type RateLimits = {
  /** 0: no limit. */
  readonly requests: number;
  readonly seconds: number;
};

export type RateState = {
  readonly allowed: boolean;
  /** Requests that are left. */
  readonly remaining: number;
  /** Until the bucket is full again; when nothing is left, until there is one more. */
  readonly resetSeconds: number;
};

/** Buckets that are kept. */
const BUCKETS_MAX = 10_000;

type Bucket = { left: number; at: number };

export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  get limits(): RateLimits {
    return this.#limits;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** One request less, when there is one. */
  take(key: string): RateState {
    const bucket = this.#filled(key);
    const allowed = bucket.left >= 1;
    if (allowed) bucket.left--;
    this.#keep(key, bucket);
    return this.#state(bucket, allowed);
  }

  /** What `take` would say; nothing is taken. */
  look(key: string): RateState {
    const bucket = this.#filled(key);
    return this.#state(bucket, bucket.left >= 1);
  }

  #filled(key: string): Bucket {
    const { requests, seconds } = this.#limits;
    const now = this.#nowMs();
    const kept = this.#buckets.get(key);
    if (!kept) return { left: requests, at: now };
    const gained = ((now - kept.at) * requests) / (seconds * 1000);
    return { left: Math.min(requests, kept.left + gained), at: now };
  }

  /** Maps keep the order of insertion: the first key is the one that was not touched for longest. */
  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > BUCKETS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!);
  }

  #state(bucket: Bucket, allowed: boolean): RateState {
    const { requests, seconds } = this.#limits;
    const missing = allowed ? requests - bucket.left : 1 - bucket.left;
    return {
      allowed,
      remaining: Math.floor(bucket.left),
      resetSeconds: Math.max(0, Math.ceil((missing * seconds) / requests)),
    };
  }
}

/** IPv6 hosts have a /64 to choose from: they count as one. */
export function addressKey(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return `address ${address}`;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const before = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - behind.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...behind];
  return `address ${groups.slice(0, 4).join(":")}::/64`;
}

/** Both families of headers: the draft's that the provider sends now, and its older ones. */
export function sendRateHeaders(reply: FastifyReply, limits: RateLimits, state: RateState, now: number): void {
  const { requests, seconds } = limits;
  reply.header("ratelimit", `"default";r=${state.remaining};t=${state.resetSeconds}`);
  reply.header("ratelimit-policy", `"default";q=${requests};w=${seconds}`);
  reply.header("x-ratelimit-limit", String(requests));
  reply.header("x-ratelimit-remaining", String(state.remaining));
  reply.header("x-ratelimit-reset", new Date(now + state.resetSeconds * 1000).toUTCString());
  if (!state.allowed) reply.header("retry-after", String(Math.max(1, state.resetSeconds)));
}
