/** What `planMode` has to know of a zone, asked from the server: the parent's DS, our keys, the primary's keys. */
import type { DnsRecord, Zone } from "#contract";
import { judgeDsSight, type ModeFacts } from "#guide";
import type { ApiClient } from "./client.ts";
import { CliFailure } from "./exit.ts";
import { type DnskeyFields, isDsOf, readDnskeyText, readDsLine } from "./registrar.ts";

/** `note`: what the operator must look after because nobody here can. */
export async function gatherModeFacts(
  api: ApiClient,
  zone: Zone,
): Promise<{ readonly facts: ModeFacts; readonly note: string | undefined }> {
  const params = { zoneId: zone.id };
  const [dnssec, status, zsks, primarys] = await Promise.all([
    api.call("dnssec.get", { params }),
    api.call("own.status", { params }),
    api.call("dnssec.zsk", { params }),
    transferredDnskeys(api, zone),
  ]);
  const { parent } = status.dnssec;
  const atParent = parent.ds.flatMap((line) => readDsLine(line) ?? []);
  const ours = status.dnssec.own_ds.flatMap((line) => readDsLine(line) ?? []);
  const ownZsks = zsks.filter((key) => key.Tag === "active").map((key) => key.DNSKEY.PublicKey);
  const facts: ModeFacts = {
    dnssec,
    parentHasDs: atParent.length > 0 || ["active", "pending-disabled", "error"].includes(dnssec.status),
    parentHasOurs: atParent.some((ds) =>
      ours.some((own) => own.digestType === ds.digestType && own.digest === ds.digest),
    ),
    parentHasPrimarys: atParent.some((ds) => primarys.some((key) => isDsOf(ds, zone.name, key))),
    primaryHasOurZsk: ownZsks.length > 0 && ownZsks.every((own) => primarys.some((key) => key.publicKey === own)),
  };
  // A resolver's "none" may be old: before keys change, only the parent's own counts.
  const unknown = !facts.parentHasDs && !(judgeDsSight(parent) === "none" && parent.answered_by === "parent");
  const why = parent.error ? ` (${parent.error.message})` : "";
  const note = unknown
    ? `whether the parent has a DS of ${zone.name} is not known${why}: make sure yourself that it fits the new mode.`
    : undefined;
  return { facts, note: dnssec.modified_on === null ? undefined : note };
}

/** More DNSKEYs than these at one apex would not fit into an answer. */
const DNSKEYS_MAX = 1000;

/** None while the zone has no data. */
async function transferredDnskeys(api: ApiClient, zone: Zone): Promise<readonly DnskeyFields[]> {
  const query = { name: zone.name, type: ["DNSKEY"], per_page: DNSKEYS_MAX };
  let records: readonly DnsRecord[];
  try {
    records = await api.call("records.list", { params: { zoneId: zone.id }, query });
  } catch (error) {
    if (error instanceof CliFailure && error.reason === "zone.not-loaded") return [];
    throw error;
  }
  return records.flatMap((record) => readDnskeyText(record.content) ?? []);
}
