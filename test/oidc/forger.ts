/**
 * A provider that lies: what it says of itself, the tokens it gives and how it answers are the test's to change. It has no pages:
 * whoever is sent to it comes back with a code at once.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { freePort, LOOPBACK } from "../peers/index.ts";
import { closeServer } from "./provider.ts";

type Key = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

/** What it does otherwise than it should; empty: it is honest. */
export type Lies = {
  /** Changes to what it says of itself. */
  readonly description?: object;
  readonly claims?: JWTPayload;
  /** Claims that are left out. */
  readonly without?: readonly string[];
  /** In place of an ID token: made from the right claims. */
  readonly token?: (claims: JWTPayload) => string | Promise<string>;
  readonly tokenStatus?: number;
  readonly tokenBody?: object;
  readonly userinfo?: object;
  /** Answers instead of it: true when it did. */
  readonly answer?: (path: string, response: ServerResponse) => boolean;
};

export type Forger = {
  readonly issuer: string;
  readonly key: Key;
  lies: Lies;
  /** Bodies that came to the token endpoint. */
  readonly asked: URLSearchParams[];
  /** Requests for each path. */
  readonly counts: Map<string, number>;
  /** The query that it would send the browser back with; `more` over what is right. */
  back(url: string, more?: Readonly<Record<string, string>>): string;
  stop(): Promise<void>;
};

export const SUBJECT = "somebody";
const KEY_ID = "right";

export async function startForger(clientId: string, atPort?: number): Promise<Forger> {
  const port = atPort ?? (await freePort());
  const issuer = `http://${LOOPBACK}:${port}`;
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: "ES256", use: "sig" };
  const nonces = new Map<string, string>();
  const forger: Forger = {
    issuer,
    key: privateKey,
    lies: {},
    asked: [],
    counts: new Map(),
    back(url, more = {}) {
      const asked = new URL(url).searchParams;
      const code = `code-${nonces.size}`;
      nonces.set(code, asked.get("nonce")!);
      return new URLSearchParams({ code, state: asked.get("state")!, iss: issuer, ...more }).toString();
    },
    stop: () => closeServer(server),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url!.split("?", 1)[0]!;
    forger.counts.set(path, (forger.counts.get(path) ?? 0) + 1);
    if (forger.lies.answer?.(path, response)) return undefined;
    if (path === "/.well-known/openid-configuration")
      return json(response, { ...descriptionOf(issuer), ...forger.lies.description });
    if (path === "/keys") return json(response, { keys: [jwk] });
    if (path === "/userinfo") return json(response, forger.lies.userinfo ?? {});
    if (path !== "/token") return response.writeHead(404).end();
    let text = "";
    for await (const part of request) text += String(part);
    const body = new URLSearchParams(text);
    forger.asked.push(body);
    const { tokenStatus = 200, tokenBody } = forger.lies;
    if (tokenBody) return json(response, tokenBody, tokenStatus);
    const claims = claimsOf(forger, clientId, nonces.get(body.get("code")!));
    const token = forger.lies.token ?? ((right: JWTPayload) => sign(right, privateKey));
    return json(response, { access_token: "a", token_type: "Bearer", id_token: await token(claims) }, tokenStatus);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((listening) => server.listen(port, LOOPBACK, listening));
  return forger;
}

function descriptionOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    userinfo_endpoint: `${issuer}/userinfo`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    token_endpoint_auth_methods_supported: ["client_secret_post"],
    authorization_response_iss_parameter_supported: true,
  };
}

function claimsOf(forger: Forger, clientId: string, nonce: string | undefined): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const claims: JWTPayload = {
    iss: forger.issuer,
    sub: SUBJECT,
    aud: clientId,
    iat: now,
    exp: now + 300,
    nonce,
    email: "somebody@example.com",
    email_verified: true,
    ...forger.lies.claims,
  };
  for (const name of forger.lies.without ?? []) delete claims[name];
  return claims;
}

export function sign(claims: JWTPayload, key: Key | Uint8Array, algorithm = "ES256", kid = KEY_ID): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid }).sign(key);
}

function json(response: ServerResponse, body: object, status = 200): ServerResponse {
  return response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
