/** The service behind the faces: one machine for each zone, keys, timers, transfers, the watch on parents. The door of the room. */

export { ensureAccount, ensureAdminToken } from "./bootstrap.ts";
export { lookAtServer, lookAtZone, type ZoneLook } from "./chain-look.ts";
export { Control, type ControlOptions, startControl } from "./control.ts";
export type { ControlSettings } from "./deps.ts";
export { HOOK_VARIABLES, hookTrouble } from "./hook.ts";
export { systemResolver } from "./parent/resolv-conf.ts";
