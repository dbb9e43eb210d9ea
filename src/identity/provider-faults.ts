/** The library's errors as values in our words. Nothing of what the provider sent is in them but short codes of the protocol. */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { ProviderUnreachable } from "./provider-fetch.ts";

/**
 * `unreachable`: it could not be asked. `refused`: it said no, to the person or to us. `invalid`: what it sent is not what it
 * must be.
 */
export type ProviderFault = { readonly kind: "unreachable" | "refused" | "invalid"; readonly text: string };

/** Causes behind causes that are looked at. */
const CAUSES_MAX = 8;

export function readProviderError(error: unknown): ProviderFault {
  const dial = causesOf(error).find((each): each is ProviderUnreachable => each instanceof ProviderUnreachable);
  if (dial) return { kind: "unreachable", text: dial.message };
  if (error instanceof AuthorizationResponseError) return { kind: "refused", text: codeWord(error.error) };
  if (error instanceof ResponseBodyError) {
    return { kind: "refused", text: `it answers us with ${codeWord(error.error)}${hintOf(error.error)}` };
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return { kind: "refused", text: `it answers us with HTTP ${error.status}` };
  }
  if (error instanceof ClientError) return clientFault(error);
  // The library throws it for parameters and descriptions that lack something.
  if (error instanceof TypeError) return { kind: "invalid", text: "its description or its answer lacks something" };
  throw error;
}

/** What a description calls its issuer, when that is why it was refused. */
export function findOtherIssuer(error: unknown): string | undefined {
  for (const each of causesOf(error)) {
    const { attribute, body } = ((each as Error).cause ?? {}) as { attribute?: string; body?: { issuer?: unknown } };
    if (attribute === "issuer" && typeof body?.issuer === "string") return body.issuer.replace(/[^\x21-\x7e]/g, "");
  }
  return undefined;
}

function clientFault(error: ClientError): ProviderFault {
  const cause = causesOf(error)
    .map((each) => (each as { readonly cause?: unknown }).cause)
    .find((each) => typeof each === "object" && each !== null && ("claim" in each || "attribute" in each));
  const { claim, attribute } = (cause ?? {}) as { readonly claim?: string; readonly attribute?: string };
  const about = claim ?? attribute;
  switch (error.code) {
    case "OAUTH_TIMEOUT":
    case "OAUTH_ABORT":
      return { kind: "unreachable", text: "no answer in time" };
    case "OAUTH_JWT_TIMESTAMP_CHECK_FAILED":
      return {
        kind: "invalid",
        text: `its ID token is not good at this time (${codeWord(about ?? "time")}); are both clocks right?`,
      };
    case "OAUTH_JWT_CLAIM_COMPARISON_FAILED":
      return { kind: "invalid", text: `its ID token is not for this sign-in (${codeWord(about ?? "claim")})` };
    case "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED":
      return { kind: "invalid", text: `its answer is about another one (${codeWord(about ?? "attribute")})` };
    case "OAUTH_RESPONSE_IS_NOT_CONFORM":
      return { kind: "unreachable", text: `it answers with an unexpected status${statusOf(error)}` };
    case "OAUTH_RESPONSE_IS_NOT_JSON":
    case "OAUTH_PARSE_ERROR":
      return { kind: "unreachable", text: "its answer is no JSON" };
    default:
      return { kind: "invalid", text: `it does not hold (${codeWord(error.code ?? "no reason given")})` };
  }
}

/** The client's own fault, as a rule. */
function hintOf(code: string): string {
  return code === "invalid_client" ? "; are oidcClientId and the secret right?" : "";
}

function statusOf({ cause }: ClientError): string {
  return cause instanceof Response ? ` (HTTP ${cause.status})` : "";
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let each = error; each instanceof Error && causes.length < CAUSES_MAX; each = each.cause) causes.push(each);
  return causes;
}

/** What comes from outside is cut to what codes are made of. */
function codeWord(text: string): string {
  return text.replace(/[^\w.-]/g, "").slice(0, 60) || "no reason given";
}
