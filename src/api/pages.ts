/**
 * The dashboard's files, when they are built (`web/dist`); else one page that says so and names the API. The set of files is
 * read once: only paths in it are ever opened. Compressed copies (`.br`, `.gz`) were made by the build. The first page is small,
 * never kept, and gets a fresh nonce each time, without which no style of its own runs.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { FastifyReply } from "fastify";

/** What is asked for, and what the browser takes. */
export type PageRequest = { readonly path: string; readonly wantsHtml: boolean; readonly encodings: string };

export type Pages = {
  /** Sends the file for a path such as `/assets/x.js`, or the first page for a place within the dashboard; false when there is none. */
  send(request: PageRequest, reply: FastifyReply): boolean;
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

/** Best first. */
const ENCODINGS = [
  { name: "br", extension: ".br" },
  { name: "gzip", extension: ".gz" },
] as const;

/** web/vite.config.ts puts it where a nonce belongs. */
const NONCE_MARK = "CSP-NONCE";

const policy = (styles = "'self'", scripts = "'self'"): string =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

export function openPages(directory: string | undefined): Pages {
  if (directory === undefined || !existsSync(join(directory, "index.html"))) return { send: sendNotBuilt };
  const firstPage = readFirstPage(join(directory, "index.html"));
  const files = listFiles(directory);
  return {
    send({ path, wantsHtml, encodings }, reply) {
      const file = path.endsWith("/index.html") ? undefined : files.get(path);
      if (file === undefined) {
        // The dashboard has addresses of its own; what looks like a file and is none is not among them.
        const isPlace = path === "/" || (wantsHtml && !path.startsWith("/assets/") && extname(path) === "");
        if (isPlace) sendFirstPage(firstPage, reply);
        return isPlace;
      }
      const encoding = ENCODINGS.find(
        ({ name, extension }) => encodings.includes(name) && files.has(`${path}${extension}`),
      );
      const opened = `${file}${encoding?.extension ?? ""}`;
      // The dashboard was built anew under a server that runs on: what is gone is not found, and no fault of the server.
      if (!existsSync(opened)) return false;
      if (encoding) reply.header("content-encoding", encoding.name);
      // Built files carry a hash in their names; icons and the like do not.
      const lasting = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
      reply.header("cache-control", lasting).header("vary", "accept-encoding");
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      // Scripts and styles go by the page's policy; what can be opened by itself has its own. Some dozens of files are sent at once.
      if (!/^text\/(css|javascript)/.test(type)) protect(reply, policy());
      reply.type(type).send(createReadStream(opened));
      return true;
    },
  };
}

function listFiles(directory: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [`/${relative(directory, file).split(sep).join("/")}`, file]),
  );
}

type FirstPage = {
  readonly html: string;
  /** Sources of scripts: our files, and by its hash what stands in the page itself (light or dark, before anything is drawn). */
  readonly scripts: string;
};

function readFirstPage(file: string): FirstPage {
  const html = readFileSync(file, "utf8");
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)].map(([, text]) => text!);
  const hashes = inline.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return { html, scripts: ["'self'", ...hashes].join(" ") };
}

function sendFirstPage({ html, scripts }: FirstPage, reply: FastifyReply): void {
  const nonce = randomBytes(16).toString("base64");
  protect(reply, policy(`'self' 'nonce-${nonce}'`, scripts)).header("cache-control", "no-store");
  reply.type("text/html; charset=utf-8").send(html.replaceAll(NONCE_MARK, nonce));
}

/** What a browser must not do with our pages: frame them, tell others where one came from, open devices. */
function protect(reply: FastifyReply, contentPolicy: string): FastifyReply {
  return reply
    .header("content-security-policy", contentPolicy)
    .header("x-frame-options", "DENY")
    .header("referrer-policy", "no-referrer")
    .header("cross-origin-opener-policy", "same-origin")
    .header("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

function sendNotBuilt({ path }: PageRequest, reply: FastifyReply): boolean {
  if (path !== "/") return false;
  protect(reply, policy()).type("text/html; charset=utf-8").send(NOT_BUILT);
  return true;
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Countersign</title>
<h1>Countersign is running</h1>
<p>The dashboard is not built: <code>npm start</code> builds it, and so does <code>npm run web</code>. The API answers under <code>/client/v4</code> and <code>/countersign/v1</code>;
<a href="/openapi.json">/openapi.json</a> describes it. Health: <a href="/healthz">/healthz</a>,
<a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>.</p>
</html>
`;
