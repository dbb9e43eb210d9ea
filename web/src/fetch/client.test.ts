import { expect, test } from "vitest";
import { makeClient, pathOf, searchOf } from "./client.ts";

type Sent = { readonly path: string; readonly init: RequestInit & { readonly headers: Record<string, string> } };

function clientWith(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  let signedOut = 0;
  const client = makeClient({
    onSignedOut: () => signedOut++,
    fetch: async (path, init) => {
      sent.push({ path: String(path), init: init as Sent["init"] });
      return answer();
    },
  });
  return { client, sent, signedOut: () => signedOut };
}

const envelope = (result: unknown, headers: Record<string, string> = {}) =>
  Response.json({ success: true, errors: [], messages: [], result }, { headers });

test("paths have their parameters encoded, queries repeat lists and leave out what is not said", () => {
  expect(pathOf("zones.get", { zoneId: "a/b c" })).toBe("/client/v4/zones/a%2Fb%20c");
  expect(searchOf({ q: "x y", level: ["problem", "well"], page: 2, none: undefined })).toBe(
    "?q=x+y&level=problem&level=well&page=2",
  );
  expect(searchOf({})).toBe("");
});

test("writes carry the session's token, reads do not", async () => {
  const { client, sent } = clientWith(() => envelope({ id: "1" }));
  client.setCsrf("secret-of-the-session");
  await client.call("zones.get", { params: { zoneId: "1" } });
  await client.call("zones.delete", { params: { zoneId: "1" } });
  expect(sent.map(({ init }) => init.headers["x-csrf-token"])).toEqual([undefined, "secret-of-the-session"]);
});

test("a write that minds others goes by the tag that was last read", async () => {
  const { client, sent } = clientWith(() => envelope({}, { etag: '"7"' }));
  await client.call("zones.get", { params: { zoneId: "1" } });
  await client.call("zones.edit", { params: { zoneId: "1" }, body: { paused: true } }, { ifUnchanged: true });
  await client.call("zones.edit", { params: { zoneId: "1" }, body: { paused: true } });
  expect(sent.map(({ init }) => init.headers["if-match"])).toEqual([undefined, '"7"', undefined]);
});

test("a refusal is a value with its code, its field and the request's id", async () => {
  const errors = [{ code: 1004, message: "Invalid", reason: "zone.name-invalid", source: { pointer: "/name" } }];
  const { client } = clientWith(() =>
    Response.json(
      { success: false, errors, messages: [], result: null },
      { status: 400, headers: { "x-request-id": "abc" } },
    ),
  );
  const answer = await client.call("zones.create", { body: { name: "bad..name", type: "secondary" } });
  expect(answer).toMatchObject({
    ok: false,
    failure: { code: 1004, reason: "zone.name-invalid", pointer: "/name", status: 400, requestId: "abc" },
  });
});

test("401 ends the session; what is no answer of the API, or none at all, is told apart", async () => {
  const refused = clientWith(() => Response.json({ success: false, errors: [] }, { status: 401 }));
  await refused.client.call("user.get");
  expect(refused.signedOut()).toBe(1);
  const strange = clientWith(() => new Response("<html>a proxy</html>", { status: 502 }));
  expect(await strange.client.call("user.get")).toMatchObject({ failure: { reason: "strange-answer", status: 502 } });
  const gone = clientWith(() => Promise.reject(new TypeError("no network")));
  expect(await gone.client.call("user.get")).toMatchObject({ failure: { reason: "unreachable", status: 0 } });
});
