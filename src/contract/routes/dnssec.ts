/** DNSSEC of a zone. */
import { z } from "zod";
import { Dnssec, DnssecEdit, Zsk } from "../dnssec.ts";
import { type Route, route, ZONE } from "./route.ts";

export const dnssecRoutes = {
  "dnssec.get": route("GET", `${ZONE}/dnssec`, "DNSSEC details", "one", Dnssec),
  "dnssec.edit": route("PATCH", `${ZONE}/dnssec`, "Edit DNSSEC status and modes", "one", Dnssec, { body: DnssecEdit }),
  "dnssec.delete": route("DELETE", `${ZONE}/dnssec`, "Delete DNSSEC: keys and signatures", "one", z.literal("")),
  "dnssec.zsk": route("GET", `${ZONE}/dnssec/zsk`, "Zone signing keys", "list", Zsk),
} as const satisfies Record<string, Route>;
