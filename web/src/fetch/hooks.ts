/** What pages call: `useRead` for what is shown, `useWrite` for what is done, both typed by the name of a route. */
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useRef } from "react";
import type { RouteResult } from "#contract";
import type { Answer, Client } from "./client.ts";
import { useServer } from "./context.ts";
import { CallFailed, type Failure } from "./result.ts";
import type { CallOptions, CursorRoute, JsonRoute, PageRoute, Params, ResultOf } from "./types.ts";

/** Name first: events and writes ask again by it. */
export type QueryKey = readonly [name: JsonRoute | string, params?: Params, query?: object];

export type ReadSettings = {
  readonly enabled?: boolean;
  /** For what no event tells; undefined: never by itself. */
  readonly refreshSeconds?: number;
  /** While a new question is answered the old answer stays. */
  readonly keepPrevious?: boolean;
};

/** The `result` of a route, kept and asked again when an event says so. */
export function useRead<K extends JsonRoute>(name: K, options: CallOptions<K> = {}, settings: ReadSettings = {}) {
  const { client } = useServer();
  return useQuery({
    ...readQuery(client, name, options),
    enabled: settings.enabled ?? true,
    refetchInterval: settings.refreshSeconds === undefined ? false : settings.refreshSeconds * 1000,
    ...(settings.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/**
 * The same of what may not be there: null when the server gives `absent` as its reason. That is an answer, too: a failure is forgotten
 * while it is asked for again, and a page that waits then loses what was typed into it.
 */
export function useFound<K extends JsonRoute>(name: K, options: CallOptions<K>, absent: string) {
  const { client } = useServer();
  return useQuery({
    queryKey: [name, options.params, options.query, absent],
    queryFn: async ({ signal }): Promise<ResultOf<K> | null> => {
      try {
        return (await getAnswer(client, name, options, signal)).result;
      } catch (error) {
        if (error instanceof CallFailed && error.failure.reason === absent) return null;
        throw error;
      }
    },
  });
}

/**
 * What a page shows in its own place: the first of its reads that was refused, or has nothing to show. A server that is away for a moment
 * takes away neither what came before nor what was typed.
 */
export function findFailure(
  ...reads: readonly { readonly error: CallFailed | null; readonly data?: unknown }[]
): Failure | undefined {
  const isOver = ({ status }: Failure): boolean => status >= 400 && status < 500;
  return reads.find(({ error, data }) => error && (data === undefined || isOver(error.failure)))?.error?.failure;
}

/** The same for routers and prefetching. */
export function readQuery<K extends JsonRoute>(client: Client, name: K, options: CallOptions<K> = {}) {
  return {
    queryKey: [name, options.params, options.query] satisfies QueryKey,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<ResultOf<K>> =>
      (await getAnswer(client, name, options, signal)).result,
  };
}

/** A window onto a long list, from row `first` to row `last`: just the pages that it touches are asked for. */
export function useListWindow<K extends PageRoute>(
  name: K,
  options: CallOptions<K>,
  { perPage, first, last }: { readonly perPage: number; readonly first: number; readonly last: number },
) {
  const { client } = useServer();
  const from = Math.floor(first / perPage);
  const pages = Array.from(
    { length: Math.min(Math.floor(last / perPage) - from + 1, MAX_WINDOW_PAGES) },
    (_, i) => from + i,
  );
  const queries = useQueries({
    queries: pages.map((page) => {
      const query = { ...(options.query as object | undefined), page: page + 1, per_page: perPage };
      return {
        queryKey: [name, options.params, query] satisfies QueryKey,
        queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
          getAnswer(client, name, { ...options, query } as unknown as CallOptions<K>, signal),
        placeholderData: keepPreviousData,
      };
    }),
  });
  // While pages at another place are on their way the list stays as long as it was, or one would be thrown back to its top.
  const lastTotal = useRef<number | undefined>(undefined);
  const total = queries.find((query) => query.data?.info)?.data?.info?.total_count ?? lastTotal.current;
  lastTotal.current = total;
  return {
    error: queries.find((query) => query.error)?.error,
    isPending: total === undefined,
    total: total ?? 0,
    /** Undefined while it is on its way. */
    rowAt: (index: number) => {
      const at = pages.indexOf(Math.floor(index / perPage));
      return queries[at]?.data?.result[index % perPage] as RouteResult<K> | undefined;
    },
    again: () => Promise.all(queries.map((query) => query.refetch())),
  };
}

/** A window is what a screen shows: more pages than these at once would be a fault. */
const MAX_WINDOW_PAGES = 8;

/** A list that says where it goes on: `rows` are all that have come. */
export function useStretches<K extends CursorRoute>(name: K, options: CallOptions<K>, refreshSeconds: number) {
  const { client } = useServer();
  const query = useInfiniteQuery({
    queryKey: [name, options.params, options.query],
    queryFn: ({ pageParam, signal }) => {
      const stretch = { ...(options.query as object | undefined), ...(pageParam !== "" && { before: pageParam }) };
      return getAnswer(client, name, { ...options, query: stretch } as CallOptions<K>, signal);
    },
    initialPageParam: "",
    getNextPageParam: ({ info }: Answer<K>) => info?.cursors.after || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: refreshSeconds * 1000,
  });
  const stretches = (query.data as InfiniteData<Answer<K>> | undefined)?.pages ?? [];
  return { ...query, rows: stretches.flatMap(({ result }) => result as unknown as ResultOf<K>[number][]) };
}

export type WriteSettings = {
  /** Routes whose answers have changed by it; with the same zone. Events tell of most of what follows. */
  readonly changes?: readonly JsonRoute[];
  /** Refused when the resource has changed since it was read here. */
  readonly ifUnchanged?: boolean;
};

/** `const { mutateAsync, isPending, error } = useWrite("zones.edit", { changes: ["zones.get"] })` */
export function useWrite<K extends JsonRoute>(name: K, { changes = [], ifUnchanged }: WriteSettings = {}) {
  const { client } = useServer();
  const queries = useQueryClient();
  return useMutation({
    mutationKey: [name],
    mutationFn: async (options: CallOptions<K>): Promise<ResultOf<K>> => {
      const answer = await client.call(name, options, { ifUnchanged });
      if (!answer.ok) throw new CallFailed(answer.failure);
      return answer.value.result;
    },
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => (changes as readonly string[]).includes((queryKey as QueryKey)[0]),
      }),
  });
}

async function getAnswer<K extends JsonRoute>(
  client: Client,
  name: K,
  options: CallOptions<K>,
  signal: AbortSignal,
): Promise<Answer<K>> {
  let answer = await client.call(name, options, { signal });
  if (!answer.ok && answer.failure.status === 401) {
    // The session ended: the page stays as it is until somebody has signed in over it, and is answered then.
    await client.signedIn(signal);
    answer = await client.call(name, options, { signal });
  }
  if (!answer.ok) throw new CallFailed(answer.failure);
  return answer.value;
}

/** The account in which peers, keys and lists are kept; undefined until it is known. */
export function useAccountId(): string | undefined {
  const { data } = useRead("accounts.list");
  return data?.[0]?.id;
}
