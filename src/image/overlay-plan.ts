/**
 * Second third of the overlay writer: which nodes come, change and go. Above a new name its empty non-terminals come with it;
 * with the last name below them they go again. A cut or a DNAME that is made or taken away takes the names below it along, which
 * are written anew though nothing of theirs changed; over very many of them it is refused, and the whole zone is compiled.
 */
import { fail, ok, type Result } from "#bytes";
import { isWildcard, labelCount, type Name, nameHash, nameKey, parentName } from "#name";
import { RRType } from "#rdata";
import type { ZoneImage } from "./image.ts";
import { NodeFlag } from "./layout.ts";
import { type Model, type NameDraft, type OverlayRefusal, type SetDraft, settle } from "./overlay-model.ts";

/** An RRset of a planned node: the image's own, or one that changed. */
export type PlannedSet = { readonly type: number; readonly ref: number; readonly draft: SetDraft | undefined };

/** A node that comes, changes or goes. */
export type NodeDraft = {
  readonly name: Name;
  readonly hash: number;
  readonly labels: number;
  /** The image's node, 0 for a new one. */
  readonly old: number;
  readonly oldFlags: number;
  /** Types ascending; those without anything left are not among them. */
  sets: readonly PlannedSet[];
  setsChanged: boolean;
  gone: boolean;
  flags: number;
  parent: NodeDraft | undefined;
  /** The image's parent node, where it has no draft. */
  parentRef: number;
  wildcardChild: NodeDraft | undefined;
  lostWildcard: boolean;
  newChildren: number;
  lostChild: boolean;
  /** Below a cut before and after, and not below the same. */
  cutMoved: boolean;
  /** Where the writer puts it. */
  ref: number;
};

export type TreePlan = {
  readonly live: readonly NodeDraft[];
  readonly gone: readonly NodeDraft[];
  readonly byKey: ReadonlyMap<string, NodeDraft>;
  readonly apex: NodeDraft;
};

const CUTS = NodeFlag.Cut | NodeFlag.Dname;

/** Names that stay under a cut or a DNAME that comes, or come out from under one: all of a change together. */
const MAX_MOVED = 2_048;

export function planTree(image: ZoneImage, model: Model): Result<TreePlan, OverlayRefusal> {
  const planner = new TreePlanner(image);
  for (const name of model.names.values()) if (!planner.takeName(name)) return fail("does-not-fit");
  planner.addAncestors();
  planner.removeEmpty();
  return planner.finish();
}

/** Keeps: every node whose blob has to be written, and every node that goes, has a draft. */
class TreePlanner {
  private readonly image: ZoneImage;
  private readonly byKey = new Map<string, NodeDraft>();
  private readonly byRef = new Map<number, NodeDraft>();
  private readonly apexLabels: number;

  constructor(image: ZoneImage) {
    this.image = image;
    this.apexLabels = image.nodeLabels(image.apexNode);
    this.draftOf(image.apexNode);
  }

  /** The sets that the name has after the change; NSEC3 belongs to no node. False when one has no single TTL. */
  takeName(name: NameDraft): boolean {
    let changed = false;
    for (const set of name.sets.values()) {
      if (!settle(this.image, set)) return false;
      if (set.type !== RRType.NSEC3 && (set.dataChanged || set.signaturesChanged)) changed = true;
    }
    if (!changed) return true;
    const sets = this.setsOf(name);
    if (name.node === 0 && sets.length === 0) return true;
    const draft = name.node === 0 ? this.newDraft(name.key, name.name, name.hash) : this.draftOf(name.node);
    draft.sets = sets;
    draft.setsChanged = true;
    return true;
  }

  /** Links every new node to its parent, making those that are missing. */
  addAncestors(): void {
    // Ancestors that are made are appended and have their turn, too; at most 127 labels above each name.
    const fresh = [...this.byKey.values()].filter((draft) => draft.old === 0);
    for (let i = 0; i < fresh.length; i++) {
      const draft = fresh[i]!;
      const above = parentName(draft.name);
      const key = nameKey(above);
      let parent = this.byKey.get(key);
      if (!parent) {
        const hash = nameHash(above);
        const node = this.image.findNode(hash, above, 0);
        parent = node === 0 ? this.newDraft(key, above.slice(), hash) : this.draftOf(node);
        if (node === 0) fresh.push(parent);
      }
      draft.parent = parent;
      parent.newChildren++;
      if (isWildcard(draft.name)) parent.wildcardChild = draft;
    }
  }

  /** Deepest first: a name without sets and without names below goes, and then perhaps the one above it. */
  removeEmpty(): void {
    const levels: NodeDraft[][] = [];
    for (const draft of this.byKey.values()) {
      if (draft.old !== 0 && draft.sets.length === 0) shelve(levels, draft);
    }
    for (let labels = levels.length - 1; labels > this.apexLabels; labels--) {
      for (const draft of levels[labels] ?? []) {
        if (draft.gone || this.hasChildren(draft)) continue;
        draft.gone = true;
        const parent = this.draftOf(this.image.nodeParent(draft.old));
        parent.lostChild = true;
        if ((draft.oldFlags & NodeFlag.Wildcard) !== 0) parent.lostWildcard = true;
        if (parent.sets.length === 0) shelve(levels, parent);
      }
    }
  }

  finish(): Result<TreePlan, OverlayRefusal> {
    const gone = [...this.byKey.values()].filter((draft) => draft.gone);
    const live: NodeDraft[] = [];
    const byLabels: NodeDraft[][] = [];
    for (const draft of this.byKey.values()) if (!draft.gone) shelve(byLabels, draft);
    let moved = 0;
    // Parents come first; what a cut takes along has more labels than it, so its turn is still to come.
    for (let labels = 0; labels < byLabels.length; labels++) {
      for (const draft of byLabels[labels] ?? []) {
        this.setFlags(draft);
        if (draft.old !== 0 && shelters(draft.flags) !== shelters(draft.oldFlags)) {
          for (const below of this.takenAlong(draft)) {
            if (++moved > MAX_MOVED) return fail("cut-changed");
            shelve(byLabels, below);
          }
        }
        if (isWritten(draft)) live.push(draft);
      }
    }
    const apex = this.byRef.get(this.image.apexNode)!;
    const soa = apex.sets.find((set) => set.type === RRType.SOA)?.draft;
    if (soa?.records.length !== 1) return fail("does-not-fit");
    return ok({ live, gone, byKey: this.byKey, apex });
  }

  /** The names below that have no draft yet. Those that were below another cut before, or are now, are among them: it may have gone. */
  private takenAlong(draft: NodeDraft): NodeDraft[] {
    const { image } = this;
    const taken: NodeDraft[] = [];
    if ((draft.oldFlags & NodeFlag.HasChildren) === 0) return taken;
    for (let i = image.nodeIndex(draft.old) + 1; i < image.nodeCount && taken.length <= MAX_MOVED; i++) {
      const node = image.nodeAt(i);
      if (image.nodeLabels(node) <= draft.labels) break;
      if (!this.byRef.has(node)) taken.push(this.draftOf(node));
    }
    return taken;
  }

  /** Its parent has its own already. */
  private setFlags(draft: NodeDraft): void {
    let flags = 0;
    if (draft.old === this.image.apexNode) flags |= NodeFlag.Apex;
    else {
      const above = draft.parent?.flags ?? this.parentFlags(draft);
      if ((above & (NodeFlag.Occluded | CUTS)) !== 0) flags |= NodeFlag.Occluded;
    }
    if (isWildcard(draft.name) && (flags & NodeFlag.Apex) === 0) flags |= NodeFlag.Wildcard;
    if (draft.sets.length === 0) flags |= NodeFlag.Ent;
    if (hasRecords(this.image, draft, RRType.NSEC)) flags |= NodeFlag.HasNsec;
    if ((flags & NodeFlag.Occluded) === 0) {
      if ((flags & NodeFlag.Apex) === 0 && hasRecords(this.image, draft, RRType.NS)) flags |= NodeFlag.Cut;
      else if (hasRecords(this.image, draft, RRType.DNAME)) flags |= NodeFlag.Dname;
    }
    if (this.hasChildren(draft)) flags |= NodeFlag.HasChildren;
    draft.flags = flags;
    const above = draft.parent;
    const isElsewhere = above !== undefined && (above.cutMoved || shelters(above.flags) !== shelters(above.oldFlags));
    draft.cutMoved = draft.old !== 0 && (flags & NodeFlag.Occluded) !== 0 && isElsewhere;
  }

  private parentFlags(draft: NodeDraft): number {
    const ref = this.image.nodeParent(draft.old);
    draft.parentRef = ref;
    draft.parent = this.byRef.get(ref);
    return draft.parent?.flags ?? this.image.nodeFlags(ref);
  }

  private hasChildren(draft: NodeDraft): boolean {
    if (draft.newChildren > 0) return true;
    return draft.lostChild ? this.hasOldChildren(draft) : (draft.oldFlags & NodeFlag.HasChildren) !== 0;
  }

  /** Whether a name below it, of those that were there, stays. What goes has been marked: the search ends at the first that does not. */
  private hasOldChildren(draft: NodeDraft): boolean {
    const { image } = this;
    if ((draft.oldFlags & NodeFlag.HasChildren) === 0) return false;
    for (let i = image.nodeIndex(draft.old) + 1; i < image.nodeCount; i++) {
      const node = image.nodeAt(i);
      if (image.nodeLabels(node) <= draft.labels) return false;
      if (!this.byRef.get(node)?.gone) return true;
    }
    return false;
  }

  private setsOf(name: NameDraft): PlannedSet[] {
    const { image } = this;
    const sets: PlannedSet[] = [];
    for (const draft of name.sets.values()) {
      if (draft.type === RRType.NSEC3 || draft.records.length + draft.signatures.length === 0) continue;
      const same = !draft.dataChanged && !draft.signaturesChanged;
      sets.push({ type: draft.type, ref: draft.ref, draft: same ? undefined : draft });
    }
    for (let i = 0; name.node !== 0 && i < image.rrsetsAt(name.node); i++) {
      const ref = image.rrsetAt(name.node, i);
      const type = image.rrsetType(ref);
      if (!name.sets.has(type)) sets.push({ type, ref, draft: undefined });
    }
    return sets.sort((a, b) => a.type - b.type);
  }

  private draftOf(node: number): NodeDraft {
    const known = this.byRef.get(node);
    if (known) return known;
    const { image } = this;
    const name = image.nodeName(node);
    const draft = emptyDraft(name, nameHash(name), node, image.nodeFlags(node));
    const sets: PlannedSet[] = [];
    for (let i = 0; i < image.rrsetsAt(node); i++) {
      const ref = image.rrsetAt(node, i);
      sets.push({ type: image.rrsetType(ref), ref, draft: undefined });
    }
    draft.sets = sets;
    this.byRef.set(node, draft);
    this.byKey.set(nameKey(name), draft);
    return draft;
  }

  private newDraft(key: string, name: Name, hash: number): NodeDraft {
    const draft = emptyDraft(name, hash, 0, 0);
    this.byKey.set(key, draft);
    return draft;
  }
}

/** Whether names below stand under a cut or a DNAME, and whether it is this one or one above it. */
function shelters(flags: number): number {
  return (flags & NodeFlag.Occluded) !== 0 ? NodeFlag.Occluded : (flags & CUTS) === 0 ? 0 : NodeFlag.Cut;
}

/** Behind the others with as many labels. */
function shelve(levels: NodeDraft[][], draft: NodeDraft): void {
  const level = levels[draft.labels];
  if (level) level.push(draft);
  else levels[draft.labels] = [draft];
}

/** It stays, and is hidden by a cut or a DNAME now, or is no longer. */
export function isMoved({ old, flags, oldFlags }: NodeDraft): boolean {
  return old !== 0 && ((flags ^ oldFlags) & NodeFlag.Occluded) !== 0;
}

/** What is written: new, or with anything that is not as it was. */
function isWritten(draft: NodeDraft): boolean {
  if (draft.old === 0 || draft.setsChanged || draft.flags !== draft.oldFlags) return true;
  return draft.lostWildcard || draft.wildcardChild !== undefined || draft.cutMoved;
}

function emptyDraft(name: Name, hash: number, old: number, oldFlags: number): NodeDraft {
  return {
    name,
    hash,
    labels: labelCount(name),
    old,
    oldFlags,
    sets: [],
    setsChanged: false,
    gone: false,
    flags: 0,
    parent: undefined,
    parentRef: 0,
    wildcardChild: undefined,
    lostWildcard: false,
    newChildren: 0,
    lostChild: false,
    cutMoved: false,
    ref: 0,
  };
}

export function hasRecords(image: ZoneImage, draft: NodeDraft, type: number): boolean {
  const set = draft.sets.find((one) => one.type === type);
  if (!set) return false;
  return set.draft ? set.draft.records.length > 0 : image.rrsetCountOf(set.ref) > 0;
}
