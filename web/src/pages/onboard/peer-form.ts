/** What is asked about a primary that is not known yet. */

export type KeyChoice = "make" | "none" | `key:${string}`;

export type PeerForm = {
  readonly ip: string;
  readonly port: number;
  readonly ixfr: boolean;
  readonly key: KeyChoice;
};
