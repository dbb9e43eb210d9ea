/** For tests of this room and of those that need a real store: a temporary directory, a sealer with a fixed key. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../ids.ts";
import type { ZoneRow } from "../rows.ts";
import type { Sealer } from "../store.ts";

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "countersign-store-"));
}

/** A zone as it is added, with every setting at its default, of an id of its own; `row` has the last word. */
export function zoneRow(row: Pick<ZoneRow, "accountId" | "name" | "createdAt"> & Partial<ZoneRow>): ZoneRow {
  return {
    id: newId(),
    status: "pending",
    paused: false,
    denial: "compact",
    secondaryOverrides: false,
    zonemd: "verify",
    signatureCheck: "all",
    timers: "interval",
    expired: "default",
    originalNameServers: null,
    modifiedAt: row.createdAt,
    activatedAt: null,
    ...row,
  };
}

export function testSealer(key: Uint8Array = new Uint8Array(32).fill(7)): Sealer {
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const octets = Buffer.from(sealed);
      const decipher = createDecipheriv("aes-256-gcm", key, octets.subarray(0, 12)).setAAD(Buffer.from(context));
      decipher.setAuthTag(octets.subarray(-16));
      try {
        return Buffer.concat([decipher.update(octets.subarray(12, -16)), decipher.final()]);
      } catch {
        return undefined; // GCM says nothing but "not authentic"
      }
    },
  };
}
