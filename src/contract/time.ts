/** Times as the API prints them: RFC 3339, UTC, microseconds, `Z`. Inside Countersign a time is milliseconds since 1970 (Date.now). */
import { z } from "zod";

export const Time = z.string().meta({ format: "date-time", examples: ["2026-10-05T09:10:42.883000Z"] });

/** `milliseconds` since 1970, 0 to 8.64e15. */
export function printTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
