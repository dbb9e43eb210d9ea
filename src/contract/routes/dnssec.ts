/** DNSSEC of a zone. */
import { z } from "zod";
import { Dnssec, DnssecEdit, Zsk } from "../dnssec.ts";
import { ZoneKey } from "../key.ts";
import { MultiSigner } from "../multi-signer.ts";
import { RollCancel, Rollovers, RolloversEdit, RollStart } from "../rollover.ts";
import { OWN_ZONE, type Route, route, ZONE } from "./route.ts";

export const dnssecRoutes = {
  "dnssec.get": route("GET", `${ZONE}/dnssec`, "DNSSEC details", "one", Dnssec),
  "dnssec.edit": route("PATCH", `${ZONE}/dnssec`, "Edit DNSSEC status and modes", "one", Dnssec, { body: DnssecEdit }),
  "dnssec.delete": route("DELETE", `${ZONE}/dnssec`, "Delete DNSSEC: keys and signatures", "one", z.literal("")),
  "dnssec.zsk": route("GET", `${ZONE}/dnssec/zsk`, "Zone signing keys", "list", Zsk),
  "own.keys": route("GET", `${OWN_ZONE}/keys`, "Keys: which are published, which sign, since when", "list", ZoneKey),
  "own.rollovers": route(
    "GET",
    `${OWN_ZONE}/keys/rollovers`,
    "Rollovers of keys: what is going on, what is waited for and why, what was",
    "one",
    Rollovers,
    { moving: ["rollovers", "past", "next_zsk_time", "next_ksk_time", "possible"] },
  ),
  "own.rollovers.edit": route(
    "PATCH",
    `${OWN_ZONE}/keys/rollovers`,
    "After how many days keys are rolled by themselves",
    "one",
    Rollovers,
    { body: RolloversEdit },
  ),
  "own.rollovers.start": route("POST", `${OWN_ZONE}/keys/roll`, "Roll a key", "one", Rollovers, { body: RollStart }),
  "own.rollovers.cancel": route(
    "POST",
    `${OWN_ZONE}/keys/roll/cancel`,
    "Cancel a rollover whose new key is only published yet",
    "one",
    Rollovers,
    { body: RollCancel },
  ),
  "own.multiSigner": route(
    "GET",
    `${OWN_ZONE}/multi-signer`,
    "The set-up of several signers as steps: what is seen, what is missing, the wait that is owed",
    "one",
    MultiSigner,
  ),
} as const satisfies Record<string, Route>;
