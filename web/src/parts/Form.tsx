/**
 * A form that says at each field what is wrong with it, by its own words before anything is sent and by the server's afterwards; the first
 * wrong one gets the focus. The fields are those of fields.tsx.
 */
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { Failure } from "../fetch/result.ts";
import { FaultsContext, findFaults, type OwnFaults } from "./form-faults.ts";

export type FormProps = {
  /** The fields by their names; not called while one is wrong by itself. */
  readonly onSubmit: (fields: FormFields) => void;
  readonly failure?: Failure | undefined;
  /** What the page found wrong, by the names of fields; a new object each time it looked. */
  readonly wrong?: OwnFaults | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

/** What stands in the fields: trimmed text, "" where there is nothing. */
export type FormFields = {
  text(name: string): string;
  /** As it was typed: for secrets. */
  exact(name: string): string;
  checked(name: string): boolean;
  /** Of boxes and choices under one name. */
  all(name: string): string[];
  /** As they were when the form was opened. */
  reset(): void;
};

export function Form({ onSubmit, failure, wrong, className, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [own, setOwn] = useState<OwnFaults>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = findFaults(event.currentTarget);
    setOwn(found);
    if (found === undefined) onSubmit(readFields(event.currentTarget));
  };
  // What is typed anew is not wrong any more, until it is sent again.
  const forget = (event: FormEvent<HTMLFormElement>) => {
    const { name } = event.target as HTMLInputElement;
    if (own?.[name] !== undefined) setOwn(({ [name]: _, ...rest } = {}) => rest);
  };
  const looked = useRef<readonly unknown[]>([]);
  useEffect(() => {
    const [before, was, then] = looked.current;
    looked.current = [own, failure, wrong];
    // Fewer than before: somebody is typing in one of them.
    const fewer = own !== before && Object.keys(own ?? {}).length < Object.keys((before as OwnFaults) ?? {}).length;
    if ((own === before && failure === was && wrong === then) || fewer) return;
    form.current?.querySelector<HTMLElement>(WRONG)?.focus();
  }, [own, failure, wrong]);
  return (
    <form ref={form} noValidate onSubmit={submit} onInput={forget} className={className}>
      <FaultsContext value={{ own, wrong, failure }}>{children}</FaultsContext>
    </form>
  );
}

const WRONG = '[aria-invalid="true"], [data-wrong="true"] input';

export function readFields(form: HTMLFormElement): FormFields {
  const data = new FormData(form);
  const exact = (name: string) => String(data.get(name) ?? "");
  return {
    exact,
    text: (name) => exact(name).trim(),
    checked: (name) => data.get(name) !== null,
    all: (name) => data.getAll(name).map(String),
    reset: () => form.reset(),
  };
}
