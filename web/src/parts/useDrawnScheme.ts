/**
 * Light or dark, as the page is drawn in this very moment: for what takes its colours by itself, such as a canvas. Mantine's own hook asks
 * the system, and may know of a change before the page's attribute has it: the old colours would be read, and stay.
 */
import { useSyncExternalStore } from "react";

const ATTRIBUTE = "data-mantine-color-scheme";

export function useDrawnScheme(): string | null {
  return useSyncExternalStore(subscribe, read);
}

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: [ATTRIBUTE] });
  return () => observer.disconnect();
}

function read(): string | null {
  return document.documentElement.getAttribute(ATTRIBUTE);
}
