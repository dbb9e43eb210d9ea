/** Who asks and what he may: users, passwords, sessions, tokens. The door of the room. */
export type { IdentitySettings, ProviderSettings, Telling } from "./deps.ts";
export { hashSecret } from "./secrets.ts";
export { type IdentityOptions, makeIdentityService } from "./service.ts";
