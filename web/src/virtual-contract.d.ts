/** What web/build/contract-tables.ts makes at each build, with the contract's own types. */
declare module "virtual:contract" {
  import type { Method, RouteName } from "#contract";

  export const ROUTES: Readonly<Record<RouteName, readonly [method: Method, path: string]>>;
  export const PROVIDER_RETURN_PATH: typeof import("#contract").PROVIDER_RETURN_PATH;
  export const SIGNING_MODES: typeof import("#contract").SIGNING_MODES;
  export const DNSSEC_STATUSES: typeof import("#contract").DNSSEC_STATUSES;
  export const TSIG_ALGORITHMS: typeof import("#contract").TSIG_ALGORITHMS;
  export const ALERT_KINDS: typeof import("#contract").ALERT_KINDS;
  export const TRANSFER_OUTCOMES: typeof import("#contract").TRANSFER_OUTCOMES;
  export const HEALTH_LEVELS: typeof import("#contract").HEALTH_LEVELS;
  export const REGISTRARS: typeof import("#contract").REGISTRARS;
  export const FORM_WORDS: typeof import("#contract").FORM_WORDS;
  export const ALGORITHM_NAMES: typeof import("#contract").ALGORITHM_NAMES;
  export const DIGEST_NAMES: typeof import("#contract").DIGEST_NAMES;
}
