/** Readers of option values, for commander. They throw its InvalidArgumentError, which names the option. */
import { type Command, InvalidArgumentError } from "commander";

/** An option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const MAX_SECONDS = 2_147_483_647;

/** 1 to 2^31 - 1. */
export function readSeconds(text: string): number {
  return readWhole(text, MAX_SECONDS);
}

export function readCount(max: number): (text: string) => number {
  return (text) => readWhole(text, max);
}

function readWhole(text: string, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  return number;
}

/** Words behind a command's help. */
export function addText(command: Command, text: string): void {
  command.addHelpText("after", text);
}
