/** What was seen of a multi-signed zone as the API's resource. */
import { type MultiSigner, printTime } from "#contract";
import { isSecureEntryPoint, keyTag } from "#dnssec";
import {
  APEX_KEY_TTL,
  isEntryPoint,
  type MultiSignerFacts,
  type PlannedStep,
  type PlannedWait,
  planJoining,
  planLeaving,
  showKey,
} from "#keyplan";
import { printName } from "#name";
import { printRdata, RRType } from "#rdata";
import type { Deps } from "../deps.ts";
import { shownParent } from "../parent/seen-ds.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Zone } from "../zone.ts";
import type { Look } from "./look.ts";
import { joinText, leaveText, type TextFacts } from "./texts.ts";

export function showMultiSigner(
  zone: Zone,
  look: Look,
  facts: MultiSignerFacts,
  note: ParentNote | undefined,
  deps: Deps,
): MultiSigner {
  const apex = printName(zone.apex);
  const joining = planJoining(facts);
  const text = textFacts(zone, look, deps);
  const step = <Code extends string>(
    planned: PlannedStep<Code>,
    words: (facts: TextFacts) => { title: string; detail: string },
  ) => ({
    code: planned.code,
    state: planned.state,
    ...words({ ...text, waitSeconds: planned.wait?.seconds ?? 0 }),
    wait: shownWait(planned.wait),
  });
  const leaving = (who: "ours" | "partner") =>
    planLeaving(who, facts).map((each) => step(each, (about) => leaveText(each.code, who, each.state, about)));
  return {
    zone_id: zone.id,
    name: zone.name,
    mode: zone.mode,
    complete: joining.every(({ state }) => state === "done"),
    keys: look.keys.map(({ whose, rdata, served, transferred }) => ({
      whose,
      key_tag: keyTag(rdata),
      algorithm: rdata[3]!,
      role: isSecureEntryPoint(rdata) ? "ksk" : "zsk",
      line: `${apex} ${APEX_KEY_TTL} IN DNSKEY ${printRdata(RRType.DNSKEY, rdata)}`,
      served,
      transferred,
    })),
    ds: look.ds.map(({ whose, key, atParent }) => {
      const { ds: line, keyTag: key_tag } = showKey(zone.apex, key, deps.crypto);
      return { whose, key_tag, line, at_parent: atParent ?? null };
    }),
    strange_ds: look.strangeDs.map((rdata) => `${apex} IN DS ${rdata}`),
    name_servers: look.nameServers.map(({ name, whose, inZone, atParent }) => ({
      name,
      whose,
      in_zone: inZone,
      at_parent: atParent ?? null,
    })),
    parent: shownParent(note),
    joining: joining.map((each) => step(each, (about) => joinText(each.code, each.state, about))),
    leaving: { we: leaving("ours"), partner: leaving("partner") },
  };
}

function shownWait(wait: PlannedWait | undefined): MultiSigner["joining"][number]["wait"] {
  const time = (seconds: number | undefined) => (seconds === undefined ? null : printTime(seconds * 1000));
  return wait ? { seconds: wait.seconds, since: time(wait.since), until: time(wait.until) } : null;
}

function textFacts(zone: Zone, look: Look, deps: Deps): Omit<TextFacts, "waitSeconds"> {
  const tags = (keys: Look["keys"]) => keys.map(({ rdata }) => keyTag(rdata));
  const ours = look.keys.filter(({ whose }) => whose === "ours");
  const partners = look.keys.filter(({ whose }) => whose === "partner");
  const partnerZsks = partners.filter(({ rdata }) => !isEntryPoint(rdata));
  const delegated = look.nameServers.some(({ whose, atParent }) => whose === "ours" && atParent !== false);
  return {
    zone: zone.name,
    ourNames: look.nameServers.filter(({ whose }) => whose === "ours").map(({ name }) => name),
    ourZskTags: tags(ours.filter(({ rdata }) => !isEntryPoint(rdata))),
    // One key for everything, where there is no other.
    partnerTags: tags(partnerZsks.length > 0 ? partnerZsks : partners),
    missingDs: look.ds
      .filter(({ atParent }) => atParent === false)
      .map(({ key }) => showKey(zone.apex, key, deps.crypto).ds),
    missingNames: look.nameServers
      .filter(({ inZone, atParent }) => !inZone || atParent === false)
      .map(({ name }) => name),
    servedPresigned: zone.served?.mode === "presigned" && delegated,
  };
}
