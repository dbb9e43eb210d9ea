/**
 * The dashboard's files, when they are built (`web/dist`); else one page that says so and names the API. The set of files is
 * read once: only paths in it are ever opened.
 */
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { FastifyReply } from "fastify";

export type Pages = {
  /** Sends the file for a path such as `/assets/x.js`, or the first page for a place within the dashboard; false when there is none. */
  send(path: string, wantsHtml: boolean, reply: FastifyReply): boolean;
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

export function openPages(directory: string | undefined): Pages {
  if (directory === undefined || !existsSync(join(directory, "index.html"))) return { send: sendNotBuilt };
  const files = new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [`/${relative(directory, file).split(sep).join("/")}`, file]),
  );
  return {
    send(path, wantsHtml, reply) {
      const wanted = path === "/" ? "/index.html" : path;
      // The dashboard has addresses of its own: a page that is none of the files is its first page.
      const name = files.has(wanted) || !wantsHtml ? wanted : "/index.html";
      const file = files.get(name);
      if (file === undefined) return false;
      // Built files carry a hash in their names; the first page does not.
      const lasting = name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
      reply.header("cache-control", lasting).header("content-security-policy", POLICY);
      reply.type(TYPES[extname(file)] ?? "application/octet-stream").send(createReadStream(file));
      return true;
    },
  };
}

function sendNotBuilt(path: string, _wantsHtml: boolean, reply: FastifyReply): boolean {
  if (path !== "/") return false;
  reply.header("content-security-policy", POLICY).type("text/html; charset=utf-8").send(NOT_BUILT);
  return true;
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Countersign</title>
<h1>Countersign is running</h1>
<p>The dashboard is not built yet. The API answers under <code>/client/v4</code> and <code>/countersign/v1</code>;
<a href="/openapi.json">/openapi.json</a> describes it. Health: <a href="/healthz">/healthz</a>,
<a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>.</p>
</html>
`;
