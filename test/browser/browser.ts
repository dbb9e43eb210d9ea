/**
 * Debian's Chromium, headless, driven by Playwright: started once for a suite, with a fresh profile, so that nothing of
 * an earlier run and nothing of the machine's owner is in it.
 */
import { type Browser, chromium } from "playwright-core";
import { findProgram } from "../peers/index.ts";

const PROGRAM = "chromium";

/** It asks nobody for updates, and needs neither a sandbox (tests may run as root) nor a GPU. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** What there has to be for a browser suite and is not; each suite that is left out for it says so. */
export function browserMissing(): string[] {
  return findProgram(PROGRAM) ? [] : [PROGRAM];
}

export async function startBrowser(): Promise<Browser> {
  const executablePath = findProgram(PROGRAM);
  if (!executablePath) throw new Error(`${PROGRAM} is not installed: apt-get install ${PROGRAM}`);
  return chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}
