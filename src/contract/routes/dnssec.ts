/** DNSSEC of a zone. */
import { z } from "zod";
import { Dnssec, DnssecEdit, Zsk } from "../dnssec.ts";
import { ZoneKey } from "../key.ts";
import { MultiSigner } from "../multi-signer.ts";
import { OWN_ZONE, type Route, route, ZONE } from "./route.ts";

export const dnssecRoutes = {
  "dnssec.get": route("GET", `${ZONE}/dnssec`, "DNSSEC details", "one", Dnssec),
  "dnssec.edit": route("PATCH", `${ZONE}/dnssec`, "Edit DNSSEC status and modes", "one", Dnssec, { body: DnssecEdit }),
  "dnssec.delete": route("DELETE", `${ZONE}/dnssec`, "Delete DNSSEC: keys and signatures", "one", z.literal("")),
  "dnssec.zsk": route("GET", `${ZONE}/dnssec/zsk`, "Zone signing keys", "list", Zsk),
  "own.keys": route("GET", `${OWN_ZONE}/keys`, "Keys: which are published, which sign, since when", "list", ZoneKey),
  "own.multiSigner": route(
    "GET",
    `${OWN_ZONE}/multi-signer`,
    "The set-up of several signers as steps: what is seen, what is missing, the wait that is owed",
    "one",
    MultiSigner,
  ),
} as const satisfies Record<string, Route>;
