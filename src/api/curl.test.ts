/** The seed page's curl lines, as printed once the base URL stands before them and the quotation is closed. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestApi } from "./testing/listen.ts";
import { SECRET } from "./testing/memory-service.ts";

const api = makeTestApi();
let base: string;
beforeAll(async () => {
  base = `${await api.app.listen({ host: "127.0.0.1", port: 0 })}/client/v4/zones/`;
});
afterAll(() => api.app.close());

function shell(command: string): Promise<{ stdout: string }> {
  return promisify(execFile)("sh", ["-c", command], { env: { ...process.env, no_proxy: "127.0.0.1" } });
}

const PRINTED = (data: string) => `curl --silent --request PATCH ${base}{zone_id}/dnssec \\
--header 'X-Auth-Email: <EMAIL>' \\
--header 'X-Auth-Key: <KEY>' \\
--header 'Content-Type: application/json' \\
--data '{
${data}
}'`;

it.each([
  ['"status": "active"', { status: "pending" }],
  ['"dnssec_presigned": true', { dnssec_presigned: true }],
])("%s", async (data, expected) => {
  const zone = await api.service.createZone({ name: `z${Math.random().toString(36).slice(2)}.example` });
  if (!zone.ok) throw new Error(zone.error.code);
  const command = PRINTED(data)
    .replace("{zone_id}", zone.value.id)
    .replace("<EMAIL>", "admin@localhost")
    .replace("<KEY>", SECRET);
  const answer = JSON.parse((await shell(command)).stdout);
  expect(answer).toMatchObject({ success: true, result: expected });
});
