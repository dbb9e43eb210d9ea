/** Between the names that people type and the ids that policies have: each is asked for, however many zones there are. */
import { useEffect, useState } from "react";
import { useServer } from "../../fetch/context.ts";
import { TOKENS } from "../../texts/people.ts";

/** More zones than these are not typed one a line. */
const MAX_ZONES = 200;

/** Names of zones by their ids; of one that is gone its id. Undefined while they are asked for. */
export function useZoneNames(ids: readonly string[]): readonly string[] | undefined {
  const { client } = useServer();
  const [names, setNames] = useState<readonly string[] | undefined>(ids.length === 0 ? [] : undefined);
  const wanted = ids.slice(0, MAX_ZONES).join();
  useEffect(() => {
    let gone = false;
    const ask = async (zoneId: string): Promise<string> => {
      const answer = await client.call("zones.get", { params: { zoneId } });
      return answer.ok ? answer.value.result.name : zoneId;
    };
    const all = wanted === "" ? [] : wanted.split(",").map(ask);
    void Promise.all(all).then((found) => {
      if (!gone) setNames(found);
    });
    return () => {
      gone = true;
    };
  }, [client, wanted]);
  return names;
}

/** Ids of zones by their names (or ids, as above), or what is wrong with one. */
export function useZoneIds(): (lines: readonly string[]) => Promise<readonly string[] | string> {
  const { client } = useServer();
  return async (lines) => {
    if (lines.length > MAX_ZONES) return TOKENS.tooManyZones(MAX_ZONES);
    const ids: string[] = [];
    for (const line of lines) {
      if (ID.test(line)) {
        ids.push(line);
        continue;
      }
      const answer = await client.call("zones.list", { query: { name: line.toLowerCase().replace(/\.$/, "") } });
      if (!answer.ok) return answer.failure.message;
      const [zone] = answer.value.result;
      if (!zone) return TOKENS.unknownZone(line);
      ids.push(zone.id);
    }
    return [...new Set(ids)];
  };
}

const ID = /^[0-9a-f]{32}$/;
