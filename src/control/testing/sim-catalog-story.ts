/** What becomes of some catalogs in a day at their origin: members come, leave, change group, node and owner; versions are broken. For tests. */

export type StoryMember = { readonly node: string; readonly groups: readonly string[]; readonly coo?: string };

export type CatalogVersion = {
  /** Seconds since the start. */
  readonly at: number;
  readonly broken: boolean;
  /** By name, absolute. */
  readonly members: ReadonlyMap<string, StoryMember>;
  /** Beside SOA and NS. */
  readonly text: string;
};

/** From a member's going to its coming back. */
const AWAY_SECONDS = 1800;
const FIRST_SERIAL = 1000;

/** Keeps: versions in order of their time. */
export class CatalogStory {
  readonly versions: CatalogVersion[] = [];

  serialAt(seconds: number): number {
    return (
      FIRST_SERIAL +
      Math.max(
        0,
        this.versions.findLastIndex(({ at }) => at <= seconds),
      )
    );
  }

  versionOf(serial: number): CatalogVersion {
    return this.versions[serial - FIRST_SERIAL]!;
  }
}

/** Names that are made by hand, and listed by catalogs all the same. */
export const BY_HAND = ["hand0.sim.", "hand1.sim."];
const NAMES = [...Array.from({ length: 30 }, (_, i) => `n${i}.sim.`), ...BY_HAND];
const BREAKS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/^version.*\n/, ""),
  (text) => `${text}version TXT "3"\n`,
  (text) => text.replace('"2"', '"1"'),
  (text) => `${text}twice.zones PTR n0.sim.\ntwicer.zones PTR n0.sim.\n`,
  (text) => `${text}two.zones PTR n0.sim.\ntwo.zones PTR n1.sim.\n`,
];

/** `events`: changes of all catalogs together. */
export function makeStories(
  names: readonly string[],
  daySeconds: number,
  events: number,
  random: () => number,
): readonly CatalogStory[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const stories = names.map(() => new CatalogStory());
  const origin = names.map(() => new Map<string, StoryMember>());
  let nodes = 0;
  const publish = (c: number, at: number, breakIt?: (text: string) => string): void => {
    const members = new Map(origin[c]);
    const text = breakIt ? breakIt(textOf(members)) : textOf(members);
    stories[c]!.versions.push({ at, broken: breakIt !== undefined, members, text });
  };
  for (let c = 0; c < names.length; c++) {
    for (const name of NAMES) if (random() < 0.2) origin[c]!.set(name, { node: `u${nodes++}`, groups: [] });
    publish(c, 0);
  }
  const times = Array.from({ length: events }, () => 60 + random() * (daySeconds - 60)).sort((a, b) => a - b);
  /** Left, and on its way back. */
  const returning: { readonly at: number; readonly c: number; readonly name: string; readonly member: StoryMember }[] =
    [];
  for (const at of times) {
    for (let next = returning[0]; next && next.at <= at; next = returning[0]) {
      returning.shift();
      if (origin[next.c]!.has(next.name)) continue;
      origin[next.c]!.set(next.name, next.member);
      publish(next.c, next.at);
    }
    const c = Math.floor(random() * names.length);
    const own = origin[c]!;
    const what = random();
    if (what < 0.15) {
      publish(c, at, pick(BREAKS));
      continue;
    }
    const name = pick(NAMES);
    const member = own.get(name);
    if (!member) own.set(name, { node: `u${nodes++}`, groups: [] });
    else if (what < 0.5) {
      own.delete(name);
      if (random() < 0.5) returning.push({ at: at + AWAY_SECONDS, c, name, member });
    } else if (what < 0.6) own.set(name, { ...member, node: `u${nodes++}` });
    else if (what < 0.75) own.set(name, { ...member, groups: [pick(["gold", "silver"])] });
    else {
      // Handed over (section 4.3.1.1): named as to go first, taken by the other with or without its node, then left out here.
      const other = (c + 1) % names.length;
      own.set(name, { ...member, coo: names[other]! });
      const node = random() < 0.7 ? member.node : `u${nodes++}`;
      origin[other]!.set(name, { node, groups: member.groups });
      publish(other, at + 1);
    }
    publish(c, at);
  }
  for (const { versions } of stories) versions.sort((a, b) => a.at - b.at);
  return stories;
}

function textOf(members: ReadonlyMap<string, StoryMember>): string {
  let text = 'version TXT "2"\n';
  for (const [name, { node, groups, coo }] of members) {
    text += `${node}.zones PTR ${name}\n`;
    for (const group of groups) text += `group.${node}.zones TXT "${group}"\n`;
    if (coo !== undefined) text += `coo.${node}.zones PTR ${coo}\n`;
  }
  return text;
}
