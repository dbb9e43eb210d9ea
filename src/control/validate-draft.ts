/**
 * The step "validating" of a round: the zone's digest in every mode, and in pre-signed mode every signature and the chain, by what
 * changed alone where the version before is known to be good.
 */
import { fail, ok } from "#bytes";
import { mergeReports, type ValidationReport } from "#dnssec";
import type { ZoneImage } from "#image";
import type { Deps } from "./deps.ts";
import { type Draft, isCompaction, type StepResult } from "./draft.ts";
import { imageAt } from "./image-at.ts";
import { validateImage } from "./validate.ts";
import { sameVersion } from "./versions.ts";
import { checkZonemd } from "./zonemd.ts";

/** The digest of what came, in every mode; pre-signed, its signatures too. */
export async function validateDraft(draft: Draft, deps: Deps): Promise<StepResult> {
  const { context, image, stored } = draft;
  if (!image || !stored) return ok(draft);
  if (isCompaction(draft) && context.served) {
    const { expiration, cacheHorizon, zonemd, flawed } = context.served;
    return ok({ ...draft, expiration, cacheHorizon, zonemd, flawed: flawed === true });
  }
  const digest = await checkZonemd(stored.image, context.row, deps);
  const released = sameVersion(stored, context.released);
  if (!digest.ok && !released) return digest;
  const zonemd = digest.ok ? digest.value : undefined;
  return draft.mode === "presigned" ? validateSigned({ ...draft, zonemd }, image, deps) : ok({ ...draft, zonemd });
}

async function validateSigned(draft: Draft, image: ZoneImage, deps: Deps): Promise<StepResult> {
  const { context, zonemd, stored } = draft;
  const vouchedFor = zonemd !== undefined && context.row.signatureCheck === "zonemd";
  const known = vouchedFor ? undefined : await validateChange(draft, image, deps);
  const report = known ?? (await validateWhole(image, context.row.signatureCheck === "apex", vouchedFor, deps));
  const { zoneId, name } = context;
  const worst = report.findings.find((finding) => finding.severity === (report.ok ? "warning" : "error"));
  const about = worst && `${worst.owner}${worst.type === undefined ? "" : ` ${worst.type}`}: ${worst.text}`;
  if (!report.ok && sameVersion(stored, context.released)) {
    const message = `${name}: serial ${image.serial} is served by order of the operator, although ${about ?? "validation failed"} (${report.errorCount} errors in all)`;
    const detail = { serial: image.serial, counts: report.counts };
    deps.events.add({ zoneId, zone: name, level: "warning", code: "dnssec.released-bad", message, detail });
  } else if (!report.ok) {
    const more = report.errorCount > 1 ? ` (${report.errorCount} errors in all)` : "";
    const detail = { findings: report.findings, counts: report.counts };
    return fail({ code: `dnssec.${worst?.code ?? "invalid"}`, text: `${about ?? "validation failed"}${more}`, detail });
  }
  const suspicious = report.ok && about !== undefined;
  if (suspicious && deps.settings().suspicious === "take") {
    const message = `${name}: serial ${image.serial} is validly signed, but ${about} (${report.warningCount} warnings in all)`;
    const detail = { serial: image.serial, counts: report.counts };
    deps.events.add({ zoneId, zone: name, level: "warning", code: "dnssec.suspicious", message, detail });
  }
  const suspicions = suspicious ? [...draft.suspicions, about] : draft.suspicions;
  const { earliestExpiration: expiration, cacheHorizon } = report;
  return ok({ ...draft, suspicions, flawed: !report.ok, expiration, cacheHorizon });
}

function validateWhole(
  image: ZoneImage,
  apexOnly: boolean,
  vouchedFor: boolean,
  deps: Deps,
): Promise<ValidationReport> {
  const now = deps.now();
  if (apexOnly) return deps.jobs.run<"apex">({ kind: "apex", ...imageAt(image), now });
  return validateImage(image, deps.jobs, now, vouchedFor);
}

/** Names and NSEC3s that are worth a worker of their own: some 50 ms. */
const LEAST_SHARE = 500;

/** Of all shares; they agree on whether the change alone decides. */
function wholeReport(reports: readonly (ValidationReport | undefined)[]): ValidationReport | undefined {
  const decided = reports.filter((report) => report !== undefined);
  if (decided.length < reports.length) return undefined;
  return decided.length === 1 ? decided[0] : mergeReports(decided);
}

/**
 * By what changed alone, where the version that the change starts from is served, was checked signature by signature, and none
 * of these has ended since. Undefined: the whole zone has to be checked.
 */
async function validateChange(draft: Draft, image: ZoneImage, deps: Deps): Promise<ValidationReport | undefined> {
  const { delta, context } = draft;
  const { served } = context;
  const now = deps.now();
  const isKnown =
    delta &&
    served?.mode === "presigned" &&
    !served.flawed &&
    sameVersion(served.from, delta.base) &&
    served.zonemd === undefined &&
    served.expiration !== undefined &&
    served.expiration > now;
  if (!isKnown) return undefined;
  const { touched } = delta;
  const order = { kind: "delta", ...imageAt(image), beforeRoot: delta.base.image.root, touched, now } as const;
  const size = touched.nodes.length + touched.nsec3s.length;
  const of = Math.max(1, Math.min(deps.jobs.width, Math.floor(size / LEAST_SHARE)));
  const shares = Array.from({ length: of }, (_, index) =>
    deps.jobs.run<"delta">({ ...order, ...(of > 1 && { share: { index, of } }) }),
  );
  const report = wholeReport(await Promise.all(shares));
  // Of what did not change, the earliest is known. It may be one that has changed: too early does no harm.
  const earliestExpiration = Math.min(report?.earliestExpiration ?? served.expiration, served.expiration);
  // Where it is not known (an older version noted none), the TTL counts for nothing until the zone is checked as a whole.
  const cacheHorizon = Math.min(report?.cacheHorizon ?? earliestExpiration, served.cacheHorizon ?? earliestExpiration);
  return report && { ...report, earliestExpiration, cacheHorizon };
}
