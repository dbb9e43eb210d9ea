/** How what a self-check found is coloured, beside its word. */
import type { SelfCheck } from "#contract";
import type { Tone } from "./tone.ts";

export type Severity = SelfCheck["findings"][number]["severity"];

export const CHAIN_TONES: Readonly<Record<SelfCheck["state"], Tone>> = {
  secure: "good",
  insecure: "quiet",
  broken: "bad",
  unknown: "warn",
};

export const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  ok: "good",
  info: "info",
  warning: "warn",
  error: "bad",
};
