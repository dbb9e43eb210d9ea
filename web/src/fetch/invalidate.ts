/** From events to what has to be asked again: a few at once, never more often than each second however much happens. */
import type { QueryClient } from "@tanstack/react-query";
import type { Happening } from "./events.ts";
import type { QueryKey } from "./hooks.ts";

const GATHER_MS = 400;
/** Lists of all zones are asked for again more rarely: with 20,000 zones something happens all the time. */
const LIST_MS = 3000;

/** Queries that no event of a zone changes. */
const UNTOUCHED = /^(user|accounts|session|openapi)\b/;
/** Queries over many zones. */
const WIDE = /^(zones\.list|own\.zones|own\.zoneCounts|own\.events|catalogs|audit|own\.audit)/;

export type Invalidator = { note(happening: Happening): void; stop(): void };

export function makeInvalidator(queries: QueryClient): Invalidator {
  const zones = new Set<string>();
  let everything = false;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    soon = undefined;
    const wanted = new Set(zones);
    const all = everything;
    zones.clear();
    everything = false;
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => {
        const [name, params] = queryKey as QueryKey;
        if (UNTOUCHED.test(name) || WIDE.test(name)) return false;
        const zone = params?.["zoneId"];
        return all || (zone === undefined ? false : wanted.has(zone));
      },
    });
  };
  const flushLists = (): void => {
    later = undefined;
    void queries.invalidateQueries({ predicate: ({ queryKey }) => WIDE.test((queryKey as QueryKey)[0]) });
  };
  return {
    note(happening) {
      if (happening === "gap" || happening.zone_id === null) everything = true;
      else zones.add(happening.zone_id);
      soon ??= setTimeout(flush, GATHER_MS);
      later ??= setTimeout(flushLists, happening === "gap" ? GATHER_MS : LIST_MS);
    },
    stop() {
      clearTimeout(soon);
      clearTimeout(later);
    },
  };
}
