/**
 * The first page, so that it is there after one round trip and whole after two more:
 *
 *   page (its outline, drawn at once) ▶ styles, scripts of the first place and who is signed in, all at once ▶ what is shown
 *
 * Styles stand behind the outline, which need not wait for them. Scripts of the list of zones, which most visits begin with, are
 * named beside the entry's own, or they would be asked for when that one has come.
 */
import type { OutputBundle, OutputChunk } from "rolldown";
import type { HtmlTagDescriptor, Plugin } from "vite";

/** Where most visits begin, signed in or not. */
const FIRST_PLACES = /\/pages\/(zones\/ZonesPage|sign-in\/SignInPage)\.tsx$/;

const ROOT = '<div id="root">';

export function firstPage(): Plugin {
  return {
    name: "countersign:first-page",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const styles = html.match(/\s*<link rel="stylesheet"[^>]*>/g) ?? [];
        const without = styles.reduce((text, style) => text.replace(style, ""), html);
        // Before the root, in which Mantine writes what has to win over them.
        const behind = without.replace(ROOT, `${styles.map((style) => `${style.trim()}\n    `).join("")}${ROOT}`);
        return { html: behind, tags: preloads(bundle ?? {}, html) };
      },
    },
  };
}

function preloads(bundle: OutputBundle, html: string): HtmlTagDescriptor[] {
  const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
  const wanted = new Set<string>();
  for (const chunk of chunks) if (chunk.moduleIds.some((id) => FIRST_PLACES.test(id))) gather(chunk, bundle, wanted);
  return [...wanted]
    .filter((file) => !html.includes(`"/${file}"`))
    .map((file) => ({
      tag: "link",
      attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
      injectTo: "head",
    }));
}

function gather(chunk: OutputChunk, bundle: OutputBundle, into: Set<string>): void {
  if (into.has(chunk.fileName)) return;
  into.add(chunk.fileName);
  for (const file of chunk.imports) {
    const imported = bundle[file];
    if (imported?.type === "chunk") gather(imported, bundle, into);
  }
}
