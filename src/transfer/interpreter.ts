/** The interpreter for what was asked. */
import { AxfrInterpreter, type AxfrSettings } from "./axfr.ts";
import { IxfrInterpreter, type IxfrOutcome } from "./ixfr.ts";

/** With `serial`, that of the version we have, it was IXFR. Plain values: they are posted to workers. */
export type TransferSettings = Omit<AxfrSettings, "asked"> & { readonly serial?: number };

export type TransferInterpreter = {
  readonly messages: number;
  readonly records: number;
  /** Of an IXFR. */
  readonly isOnlySoa?: boolean;
  accept(message: Uint8Array): IxfrOutcome;
  end(): IxfrOutcome;
};

export function openInterpreter(settings: TransferSettings): TransferInterpreter {
  const { serial, ...rest } = settings;
  return serial === undefined ? new AxfrInterpreter(rest) : new IxfrInterpreter({ ...rest, serial });
}
