/**
 * A real OpenID provider (the package oidc-provider) on loopback: a form that asks who one is and takes any password, no
 * question of consent. What it says of people is set by the test.
 */
/// <reference path="./oidc-provider.d.ts" />
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { freePort, LOOPBACK } from "../peers/index.ts";

export const CLIENT_ID = "countersign-test";
export const CLIENT_SECRET = "the-client-secret-of-the-tests-0123456789";

/** `sub` is the name that is typed at the form. */
export type Person = {
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
};

export type TestProvider = {
  readonly issuer: string;
  /** Changed by the test: who is there, by `sub`. */
  readonly people: Map<string, Person>;
  stop(): Promise<void>;
};

export async function startProvider(dashboardUrl: string): Promise<TestProvider> {
  const port = await freePort();
  const issuer = `http://${LOOPBACK}:${port}`;
  const people = new Map<string, Person>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: [`${dashboardUrl}/sign-in/return`],
        post_logout_redirect_uris: [`${dashboardUrl}/`],
      },
    ],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name"],
      groups: ["groups"],
    },
    scopes: ["openid", "email", "profile", "groups"],
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    cookies: { keys: ["keys of a test"] },
    jwks: { keys: [await makeKey()] },
    // Said, so that it does not speak of what it takes instead.
    ttl: {
      Interaction: TTL_SECONDS,
      Grant: TTL_SECONDS,
      Session: TTL_SECONDS,
      AccessToken: TTL_SECONDS,
      IdToken: TTL_SECONDS,
    },
    pkce: { required: () => true },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people.get(accountId) }),
    }),
    loadExistingGrant: async (context: GrantContext) => {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  const server = createServer((request, response) => {
    const isForm = request.url?.startsWith("/interaction/") === true;
    const done = isForm ? showForm(provider, people, request, response) : callback(request, response);
    done.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((listening) => server.listen(port, LOOPBACK, listening));
  return { issuer, people, stop: () => closeServer(server) };
}

const TTL_SECONDS = 3600;

async function makeKey(): Promise<object> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: "1", alg: "RS256", use: "sig" };
}

type GrantContext = {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: Provider;
  };
};

/** Who is unknown is turned away as a person who says no would be. */
async function showForm(
  provider: Provider,
  people: ReadonlyMap<string, Person>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "POST") {
    let text = "";
    for await (const part of request) text += String(part);
    const accountId = new URLSearchParams(text).get("login") ?? "";
    const result = people.has(accountId) ? { login: { accountId } } : { error: "access_denied" };
    return provider.interactionFinished(request, response, result);
  }
  const { uid } = await provider.interactionDetails(request, response);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><html lang="en"><title>Provider</title><main><h1>Provider</h1>
    <form method="post" action="/interaction/${uid}"><label>Name <input name="login"></label><button>Go</button></form></main>`);
}

export function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((closed) => server.close(() => closed()));
}
