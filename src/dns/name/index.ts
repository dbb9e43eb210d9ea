/** Domain names as wire octets: read and print text, parse and compare octets, canonical order. The door of the room. */

export { CASE_FOLD, HASH_SEED, hashLabel } from "./hash.ts";
export {
  appendLabel,
  commonLabels,
  compareNames,
  compareNamesAt,
  isSubdomain,
  isWildcard,
  labelCount,
  labelOffsets,
  lowerName,
  MAX_NAME,
  type Name,
  nameEquals,
  nameHash,
  nameKey,
  parentName,
  ROOT,
  stripLabels,
  wildcardOf,
} from "./name.ts";
export { copyName, MAX_POINTERS, type ParsedName, parseName, skipName } from "./parse.ts";
export { type NameError, printName, readName } from "./text.ts";
