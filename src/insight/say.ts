/** How a judge of the chain says what it found. */
import type { ChainFinding } from "#contract";

/** `code` is stable, `sentence` for a reader who does not know DNSSEC, `advice` what to do; none where nothing is. */
export type Say = (severity: ChainFinding["severity"], code: string, sentence: string, advice?: string) => void;
