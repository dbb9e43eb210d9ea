/** Filters and order of the list of zones: names with operators, statuses, types, accounts. */
import type { ZoneFacts, ZoneQuery } from "#contract";

type Test = (zone: ZoneFacts) => boolean;

export function selectZones(zones: readonly ZoneFacts[], query: ZoneQuery): ZoneFacts[] {
  const tests = zoneTests(query);
  const matches = (zone: ZoneFacts) =>
    tests.length === 0 ||
    (query.match === "any" ? tests.some((test) => test(zone)) : tests.every((test) => test(zone)));
  const selected = zones.filter(matches);
  if (query.order !== undefined) {
    const key = SORT_KEYS[query.order];
    selected.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  }
  return query.direction === "desc" ? selected.reverse() : selected;
}

function zoneTests(query: ZoneQuery): Test[] {
  const tests: Test[] = [];
  if (query.name !== undefined) tests.push(textTest(query.name, (zone) => zone.name));
  if (query.status !== undefined) tests.push((zone) => query.status!.includes(zone.status));
  if (query.type !== undefined) tests.push(() => query.type!.includes("secondary"));
  if (query["account.id"] !== undefined) tests.push((zone) => zone.account.id === query["account.id"]);
  if (query["account.name"] !== undefined) tests.push(textTest(query["account.name"], (zone) => zone.account.name));
  return tests;
}

const SORT_KEYS: { readonly [K in NonNullable<ZoneQuery["order"]>]: (zone: ZoneFacts) => string } = {
  name: (zone) => zone.name,
  status: (zone) => zone.status,
  "account.id": (zone) => zone.account.id,
  "account.name": (zone) => zone.account.name,
  "plan.id": () => "",
};

const OPERATORS: Readonly<Record<string, (value: string, operand: string) => boolean>> = {
  equal: (value, operand) => value === operand,
  not_equal: (value, operand) => value !== operand,
  contains: (value, operand) => value.includes(operand),
  starts_with: (value, operand) => value.startsWith(operand),
  ends_with: (value, operand) => value.endsWith(operand),
};

/** `contains:x`, `ends_with_case_sensitive:x`; without an operator the whole name is meant. */
function textTest(filter: string, of: (zone: ZoneFacts) => string): Test {
  const parts = /^([a-z_]+):(.*)$/s.exec(filter);
  const exact = parts?.[1]?.endsWith("_case_sensitive") ?? false;
  const operator = parts && OPERATORS[parts[1]!.replace(/_case_sensitive$/, "")];
  const fold = (text: string) => (exact ? text : text.toLowerCase());
  const operand = fold(operator ? parts![2]! : filter);
  const compare = operator ?? OPERATORS["equal"]!;
  return (zone) => compare(fold(of(zone)), operand);
}
