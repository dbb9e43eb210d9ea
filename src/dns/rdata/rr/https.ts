/** HTTPS: SVCB for the "https" and "http" schemes, RFC 9460 section 9; the format of SVCB. */
import type { RRTypeSpec } from "../spec.ts";
import { SVCB } from "./svcb.ts";

export const HTTPS: RRTypeSpec = { ...SVCB, code: 65, name: "HTTPS" };
