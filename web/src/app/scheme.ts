/** Light or dark: as the system has it until somebody chooses; index.html reads the same key before the first paint. */
import { localStorageColorSchemeManager } from "@mantine/core";

export const schemeManager = localStorageColorSchemeManager({ key: "countersign-scheme" });

/** The nonce that the server put into this page; some parts of Mantine ask the global one. */
export function readNonce(): string {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  return nonce;
}
