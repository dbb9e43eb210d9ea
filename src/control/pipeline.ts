/**
 * The steps of a round (drawn in work.ts), each a function from draft to draft. A step that fails changes nothing that is
 * served; what it left on disk is either whole and named by a row, or an orphan that the next start takes away.
 */
import { fail, ok, type Result } from "#bytes";
import { type CompileOptions, SignatureTable, TableChunks, ZoneImage } from "#image";
import { checkPresigned, foreignExcess, planApex } from "#keyplan";
import { RRType } from "#rdata";
import { type KeyRow, newId, type Store } from "#store";
import { signApex } from "./apex.ts";
import { APEX_KIND, type ApexNote, apexNote } from "./apex-note.ts";
import { approve } from "./approve.ts";
import { type Compacted, catchUp, dropCompacted } from "./compaction.ts";
import type { Deps } from "./deps.ts";
import { type Draft, isCompaction, isSameServed, type StepResult } from "./draft.ts";
import { isBehind, newestGiven, serialToServe } from "./given-serial.ts";
import { endHold } from "./held-version.ts";
import { imageAt } from "./image-at.ts";
import { chainNames, imageChecksumOf, needsStripping, transferredDnssec, transferredKeys } from "./image-facts.ts";
import { beginCompile, type Kept, keepWhole } from "./keep-image.ts";
import { askedDnskeys, signingKeys } from "./key-set.ts";
import { GIVEN_KIND, movedGivenNote } from "./outgoing/given-note.ts";
import { postChanges } from "./posted-changes.ts";
import { PRESIGNED_SENTENCES } from "./sentences.ts";
import { baseOctets, fileName, saveOverlay } from "./stored-image.ts";
import { putStored, writeStored } from "./stored-row.ts";
import { validateDraft } from "./validate-draft.ts";
import {
  type OverlaidVersion,
  type ServedNote,
  type ServedVersion,
  type SignedApex,
  type StoredVersion,
  sameVersion,
} from "./versions.ts";
import type { Fault, Step } from "./work.ts";

/** `publishing` is the zone's own step: it alone changes what is served. */
export function performStep(step: Exclude<Step, "publishing">, draft: Draft, deps: Deps): Promise<StepResult> {
  switch (step) {
    case "checking":
      return check(draft, deps);
    case "storing":
      return store(draft, deps);
    case "compiling":
      return compile(draft, deps);
    case "validating":
      return validateDraft(draft, deps);
    case "approving":
      return approveDraft(draft, deps);
    case "signing":
      return sign(draft, deps);
    case "saving":
      return save(draft, deps);
  }
}

async function check(draft: Draft, deps: Deps): Promise<StepResult> {
  const { context, transferred, overlaid } = draft;
  const compiling = transferred && beginCompile(transferred, deps);
  const problems = transferred
    ? await deps.jobs.run<"check">({ kind: "check", columns: transferred.columns })
    : overlaid?.problems;
  if (!problems) return fail({ code: "zone.nothing-transferred", text: "there is no transferred version to check" });
  const { errors, warnings } = problems;
  if (errors.length > 0) return fail({ code: "zone.broken", text: errors.join("; ") });
  // Only what fails is looked at again as it came, to be kept as a held version.
  compiling?.releaseVersion();
  if (warnings.length > 0 && deps.settings().suspicious === "take") {
    const serial = (transferred ?? overlaid?.image)?.serial;
    deps.events.add({
      zoneId: context.zoneId,
      zone: context.name,
      level: "warning",
      code: "zone.suspicious",
      message: `${context.name}: serial ${serial} is taken, but ${warnings.join("; ")}`,
      detail: { serial },
    });
  }
  return ok({ ...draft, compiling, suspicions: warnings });
}

async function store(draft: Draft, deps: Deps): Promise<StepResult> {
  const { context, transferred, overlaid, origin, compacted } = draft;
  if (compacted) return ok(await storeCompacted(draft, compacted, deps));
  if (!transferred && !overlaid) return ok(draft);
  const { zoneId } = context;
  const kept = await keepImage(draft, deps);
  if (!kept.ok) return kept;
  const { image, file, delta, appended } = kept.value;
  const transferredAt = deps.now() * 1000;
  const stored: StoredVersion = { image, file, serial: image.serial, transferredAt, origin };
  const rest = { transferred: undefined, compiling: undefined, overlaid: undefined, delta, stored };
  // One transaction, and the disk is waited for at its end: unless the operator's hook is asked in between, which may take its time.
  if (delta && !deps.settings().hook) return ok({ ...draft, ...rest, unnamed: stored, appended: unheard(appended) });
  await appended;
  const written = kept.value.written?.then(() => writeStored(zoneId, stored, deps, context));
  if (!written) await writeStored(zoneId, stored, deps, context);
  return ok({ ...draft, ...rest, written: unheard(written) });
}

/** Whoever waits for it hears of a failure. */
function unheard(work: Promise<void> | undefined): Promise<void> | undefined {
  work?.catch(() => undefined);
  return work;
}

/** The same content, from now on in other files. Where it does not fit any more, nothing changes. */
async function storeCompacted(draft: Draft, compacted: Compacted, deps: Deps): Promise<Draft> {
  const { zoneId, stored: before, served } = draft.context;
  const isOvertaken = !before || !served || !sameVersion(served.from, before);
  const made = isOvertaken ? undefined : await catchUp(zoneId, compacted, deps);
  if (!before || made?.stored.image.serial !== before.serial) {
    await dropCompacted(zoneId, compacted, deps);
    return draft;
  }
  const stored: StoredVersion = { ...before, ...made.stored };
  // Not by itself: after a kill behind it, what is served would be another version's, and be given out under one more serial.
  return { ...draft, stored, remade: made.served, unnamed: stored };
}

type KeptDraft = Kept & { readonly delta: OverlaidVersion | undefined; readonly appended?: Promise<void> };

/** What came, on disk: an image of its own, or (soon: `appended`) an overlay behind the one that it was made over. */
async function keepImage(draft: Draft, deps: Deps): Promise<Result<KeptDraft, Fault>> {
  const { context, transferred, overlaid } = draft;
  const { zoneId } = context;
  if (overlaid && sameVersion(overlaid.base, context.stored)) {
    const { file } = overlaid.base;
    const appended = saveOverlay(zoneId, file, overlaid.image, deps);
    return ok({ image: overlaid.image, file, delta: overlaid, written: undefined, appended });
  }
  if (transferred) {
    const isFirst = context.stored === undefined && context.served === undefined;
    const kept = await keepWhole(zoneId, draft.compiling ?? beginCompile(transferred, deps), isFirst, deps);
    return kept.ok ? ok({ ...kept.value, delta: undefined }) : kept;
  }
  // Something else was stored since: what was made over the older one becomes an image of its own.
  const options: CompileOptions = { treatment: "as-is" };
  const compiled = await deps.jobs.run<"recompile">({ kind: "recompile", ...imageAt(overlaid!.image), options });
  if (!compiled.ok) return compiled;
  const image = deps.packs.keep(compiled.value);
  const file = fileName("t", image.serial);
  await deps.store.files.saveImage(zoneId, file, baseOctets(image));
  return ok({ image, file, delta: undefined, written: undefined });
}

async function compile(draft: Draft, deps: Deps): Promise<StepResult> {
  const { stored, mode, context } = draft;
  if (!stored) return fail({ code: "zone.not-loaded", text: "nothing was transferred yet" });
  if (mode !== "presigned") {
    const own = context.keys.map((key) => key.dnskey);
    const excess = foreignExcess({ mode, own, transferred: transferredKeys(stored.image) });
    return excess === undefined
      ? makeServed(draft, stored, deps)
      : fail({ code: "dnssec.too-many-foreign-keys", text: excess });
  }
  const brought = checkPresigned(transferredDnssec(stored.image), context.flags);
  if (!brought.ok) return fail({ code: `dnssec.${brought.error}`, text: PRESIGNED_SENTENCES[brought.error] });
  const behind = serialFault(draft, stored);
  return behind ? fail(behind) : ok({ ...draft, image: stored.image, file: stored.file });
}

/** The zone as it is answered from in a mode other than pre-signed. */
async function makeServed(draft: Draft, stored: StoredVersion, deps: Deps): Promise<StepResult> {
  const { mode, denial, context } = draft;
  const { served } = context;
  if (served && isSameServed(draft)) {
    const { image, file } = served.file === context.stored?.file ? stored : (draft.remade ?? served);
    return ok({ ...draft, image, file });
  }
  const ownChain = denial === "chain";
  const serial = serialToServe({ ...context, mode, denial, stored });
  const stamped = serial !== stored.serial;
  if (!ownChain && !stamped && !needsStripping(stored.image, mode)) {
    return ok({ ...draft, image: stored.image, file: stored.file });
  }
  const types = ownChain ? apexTypes(draft, deps) : [];
  const keepsKind =
    (served?.denial === "chain") === ownChain && (!ownChain || (served && chainNames(served.image, types)));
  const sameMade =
    served &&
    sameVersion(served.from, stored) &&
    // Made of it, and not the very same, which has its digest still.
    served.file !== stored.file &&
    served.image.serial === serial &&
    served.mode !== "presigned" &&
    keepsKind;
  if (sameMade) return ok({ ...draft, image: served.image, file: served.file });
  const overlaid = !keepsKind || stamped ? undefined : await overlayServed(draft, deps);
  if (overlaid && served) return ok({ ...draft, image: overlaid, file: served.file });
  const options: CompileOptions = ownChain
    ? { treatment: "strip", ownChain: { apexTypes: types } }
    : { treatment: "strip" };
  const stamp = stamped ? { serial } : {};
  const job = { kind: "recompile", ...imageAt(stored.image), options, ...stamp } as const;
  const compiled = await deps.jobs.run<"recompile">(job);
  if (!compiled.ok) return compiled;
  return ok({ ...draft, image: deps.packs.keep(compiled.value), file: fileName("s", serial) });
}

/**
 * On the way to pre-signed: secondaries have another version under this serial, or a newer one, and the signature over the SOA
 * leaves it as it is. Once it is pre-signed, what the primary sends is taken like anywhere else.
 */
function serialFault({ context, mode }: Draft, stored: StoredVersion): Fault | undefined {
  const { givenOut, served, released } = context;
  const given = newestGiven(context);
  if (!givenOut || !given || served?.mode === mode || sameVersion(stored, released)) return undefined;
  if (!isBehind(stored.serial, mode, given)) return undefined;
  const text = `secondaries were given serial ${given.serial} (${given.mode}), and the serial ${stored.serial} under the primary's signature can't be raised here; make it newer than ${given.serial} at the primary`;
  return { code: "outgoing.serial-behind", text, detail: { serial: stored.serial, given: given.serial } };
}

/** What is served is an image of its own, made of the version that the delta starts from: the same delta over it. */
async function overlayServed(draft: Draft, deps: Deps): Promise<ZoneImage | undefined> {
  const { delta, changes, context } = draft;
  const { served } = context;
  const fits =
    delta &&
    changes &&
    served &&
    sameVersion(served.from, delta.base) &&
    served.file !== delta.base.file &&
    served.mode !== "presigned";
  if (!fits) return undefined;
  const order = { ...imageAt(served.image), changes: postChanges(changes), treatment: "strip" } as const;
  const made = await deps.jobs.run<"overlay">({ kind: "overlay", ...order });
  return made.ok ? new ZoneImage(served.image.buffer, made.value.root) : undefined;
}

/** What is served already was approved, and what the operator released is taken in spite of everything. */
async function approveDraft(draft: Draft, deps: Deps): Promise<StepResult> {
  const { context, stored, mode, suspicions } = draft;
  const { zoneId, name, served, limits, released } = context;
  if (!stored || isCompaction(draft) || sameVersion(stored, served?.from) || sameVersion(stored, released))
    return ok(draft);
  const approved = await approve({ zoneId, name, mode, stored, served, limits, suspicions }, deps);
  return approved.ok ? ok(draft) : approved;
}

async function sign(draft: Draft, deps: Deps): Promise<StepResult> {
  if (draft.denial === undefined) return ok(draft);
  const kept = keptSigning(draft);
  if (kept) return ok({ ...draft, apex: kept.apex, zskPrivate: kept.zskPrivate });
  // To secondaries new signatures are a version of their own.
  if (draft.resign && draft.context.givenOut && draft.stored) {
    const stamped = await makeServed(draft, draft.stored, deps);
    return stamped.ok ? signServed(stamped.value, deps) : stamped;
  }
  return signServed(draft, deps);
}

/** Laid out anew, it keeps the signatures over its keys: new ones would be another version under the same serial. */
function keptSigning(draft: Draft): ServedVersion["signing"] {
  const { served, keys } = draft.context;
  const isItsKey = served?.signing?.zsk.id === signingKeys(keys)?.zsk.id;
  return isItsKey && isSameServed(draft) ? served?.signing : undefined;
}

async function signServed(draft: Draft, deps: Deps): Promise<StepResult> {
  const keys = signingKeys(draft.context.keys);
  if (!keys) return fail({ code: "dnssec.no-keys", text: "the zone has no keys to sign with" });
  const apex = signApex(apexPlanOf(draft, deps), draft.mode, keys, draft.context.apex, deps);
  if (!apex.ok) return apex;
  const zskPrivate = deps.vault.exposeZsk(keys.zsk);
  if (!zskPrivate.ok) return zskPrivate;
  return ok({ ...draft, apex: apex.value, zskPrivate: zskPrivate.value });
}

async function save(draft: Draft, deps: Deps): Promise<StepResult> {
  const { context, stored, image, file, mode, denial, expiration, cacheHorizon, zonemd, flawed } = draft;
  if (!stored || !image || file === undefined) {
    return fail({ code: "zone.not-loaded", text: "there is nothing to save" });
  }
  const { zoneId, served } = context;
  // Only what is served as it came is served before it is on disk.
  const isEarly = draft.written !== undefined && file === stored.file && denial === undefined;
  if (!isEarly) await draft.written;
  if (file !== stored.file && file !== draft.remade?.file) {
    if (file !== served?.file) await deps.store.files.saveImage(zoneId, file, baseOctets(image));
    else if (image.root !== served.image.root) await saveOverlay(zoneId, file, image, deps);
  }
  const signing = draft.denial === undefined ? undefined : await openSigning(draft, image, file, deps);
  await draft.appended;
  const note: ServedNote = {
    version: 1,
    mode,
    denial: denial ?? null,
    from: stored.file,
    fromOverlay: stored.image.root,
    expiration: expiration ?? null,
    ...(cacheHorizon !== undefined && { cacheHorizon }),
    zonemd: zonemd ?? null,
    ...(flawed && { flawed }),
  };
  const writeServed = () =>
    deps.store.atomically(async (tables) => {
      const rows = await tables.versions.ofZone(zoneId);
      if (draft.unnamed) await putStored(zoneId, draft.unnamed, tables, { rows, version: context.stored });
      const before = rows.find((row) => row.use === "served");
      await tables.versions.put({
        id: before?.id ?? newId(),
        zoneId,
        use: "served",
        serial: image.serial,
        image: file,
        overlay: image.root,
        octets: 4 * image.end,
        transferredAt: stored.transferredAt,
        heldCode: null,
        heldReason: null,
      });
      await tables.documents.put(zoneId, "served", note);
      if (context.endsHold) await endHold(zoneId, rows, tables);
      if (served && isSameServed(draft)) await moveGiven(zoneId, served.file, file, tables);
      if (signing) await tables.documents.put(zoneId, APEX_KIND, signedNote(signing.apex, draft, deps));
    });
  if (!isEarly) await writeServed();
  const written = isEarly ? unheard(draft.written?.then(writeServed)) : undefined;
  const ends = { expiration, cacheHorizon };
  return ok({
    ...draft,
    written,
    unnamed: undefined,
    appended: undefined,
    result: { mode, denial, image, file, from: stored, signing, ...ends, zonemd, flawed },
  });
}

/** What was given out of the served version before holds for this one, which is the same: a restart gives out the same signatures. */
async function moveGiven(
  zoneId: string,
  from: string,
  to: string,
  { documents }: Pick<Store, "documents">,
): Promise<void> {
  const moved = movedGivenNote(await documents.find(zoneId, GIVEN_KIND), from, to);
  if (moved) await documents.put(zoneId, GIVEN_KIND, moved);
}

function signedNote(apex: SignedApex, { mode, context }: Draft, deps: Deps): ApexNote {
  return apexNote(apex, mode, signingKeys(context.keys)!, deps.now());
}

/** The signature table for image and ZSK: the one in use, or a new one with the signatures that are still good. */
async function openSigning(
  draft: Draft,
  image: ZoneImage,
  file: string,
  deps: Deps,
): Promise<ServedVersion["signing"]> {
  const { context, apex, zskPrivate } = draft;
  const { zsk } = signingKeys(context.keys)!;
  const rest = { zsk, zskPrivate: zskPrivate!, apex: apex! };
  const old = context.served?.signing;
  if (old && old.zsk.id === zsk.id && context.served?.image.buffer === image.buffer) {
    return { ...rest, table: old.table, tableFile: old.tableFile };
  }
  const opened = await openTable(context.zoneId, file, image, zsk, deps);
  if (old && context.served) {
    await old.tableFile.read();
    const carry = {
      oldImage: context.served.image.buffer,
      oldRoot: context.served.image.root,
      oldTable: old.table.buffer,
      newImage: image.buffer,
      newRoot: image.root,
      newTable: opened.table.buffer,
    };
    await deps.jobs.run<"carry">({ kind: "carry", ...carry });
  }
  return { ...rest, ...opened };
}

/** A table for this image and key, filled from its file when there is one: at once, or with its first save. */
export async function openTable(
  zoneId: string,
  file: string,
  image: ZoneImage,
  zsk: KeyRow,
  deps: Deps,
  isRead: "now" | "later" = "now",
) {
  const taken = deps.packs.tableRoom(SignatureTable.octets(image.slotCapacity));
  const table = SignatureTable.create(image.slotCapacity, zsk.keyTag, imageChecksumOf(image), taken?.room);
  const chunks = taken ? new TableChunks(taken.pack, taken.room.byteOffset, table.slots) : table;
  const identity = Buffer.from(`${imageChecksumOf(image)}/${image.slotCapacity}/${zsk.id}`);
  const { files } = deps.store;
  const tableFile =
    isRead === "now"
      ? await files.openSignatures(zoneId, file, identity, chunks)
      : files.signaturesLater(zoneId, file, identity, chunks);
  return { table, tableFile };
}

function apexPlanOf(draft: Draft, deps: Deps) {
  const { context, mode, stored } = draft;
  const own = context.keys.map((key) => key.dnskey);
  const transferred = transferredKeys(stored!.image);
  const asked = askedDnskeys(context.keys);
  return planApex({ apex: context.apex, mode, phase: context.status.phase, own, asked, transferred }, deps.crypto);
}

function apexTypes(draft: Draft, deps: Deps): number[] {
  const plan = apexPlanOf(draft, deps);
  const types: number[] = [];
  for (const [type, rdatas] of [
    [RRType.DNSKEY, plan.dnskey],
    [RRType.CDS, plan.cds],
    [RRType.CDNSKEY, plan.cdnskey],
  ] as const) {
    if (rdatas.length > 0) types.push(type);
  }
  return types;
}
