/** How something is: never shown by colour alone. */
export type Tone = "good" | "warn" | "bad" | "info" | "quiet";
