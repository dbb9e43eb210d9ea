/** What is wrong with the fields of a form: found by the browser's own checks, told in our words, and looked up by each field. */
import { createContext, use } from "react";
import { type Failure, faultWithin } from "../fetch/result.ts";
import { FORM } from "../texts/form.ts";

/** By the names of fields. */
export type OwnFaults = Readonly<Record<string, string>>;

export type Faults = {
  readonly own: OwnFaults | undefined;
  readonly wrong: OwnFaults | undefined;
  readonly failure: Failure | undefined;
};

export const FaultsContext = createContext<Faults>({ own: undefined, wrong: undefined, failure: undefined });

/** `at`: where the server's answer points when this field is wrong, or something within it; default `/name`. */
export function useFault(name: string, at = `/${name}`): string | undefined {
  const { own, wrong, failure } = use(FaultsContext);
  return own?.[name] ?? wrong?.[name] ?? faultWithin(failure, at);
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Undefined: nothing that can be seen here. */
export function findFaults(form: HTMLFormElement): OwnFaults | undefined {
  const faults: Record<string, string> = {};
  for (const element of form.elements) {
    const field = element as Field;
    if (!field.name || !field.willValidate || faults[field.name] !== undefined) continue;
    const fault = faultOf(field);
    if (fault !== undefined) faults[field.name] = fault;
  }
  return Object.keys(faults).length === 0 ? undefined : faults;
}

function faultOf(field: Field): string | undefined {
  const { validity, value, type } = field;
  if (validity.badInput) return type === "date" ? FORM.noDate : FORM.noNumber;
  if (validity.valueMissing) return FORM.missing;
  if (validity.typeMismatch) return type === "email" ? FORM.noEmail : FORM.noAddress;
  // The browser counts what was typed alone, not what a program filled in.
  const least = Number(field.getAttribute("minlength") ?? 0);
  if (value !== "" && value.length < least) return FORM.tooShort(least, value.length);
  return value === "" ? undefined : faultOfNumber(Number(value.replace(/[^\d.-]/g, "")), field.dataset);
}

/** `data-min` and `data-max`: the browser checks the bounds of fields that show numbers in its own way alone. */
function faultOfNumber(number: number, { min, max }: DOMStringMap): string | undefined {
  if (min !== undefined && max !== undefined) {
    return number < Number(min) || number > Number(max) ? FORM.outside(Number(min), Number(max)) : undefined;
  }
  return min !== undefined && number < Number(min) ? FORM.below(Number(min)) : undefined;
}
