/** Fields of a `Form` for longer texts, numbers, and one of some words. */
import {
  NativeSelect,
  type NativeSelectProps,
  NumberInput,
  type NumberInputProps,
  Textarea,
  type TextareaProps,
} from "@mantine/core";
import type { Placed } from "./fields.tsx";
import { useFault } from "./form-faults.ts";

export function AreaField({ at, ...props }: TextareaProps & Placed) {
  return <Textarea autosize spellCheck={false} {...props} error={useFault(props.name, at)} />;
}

export function SelectField({ at, ...props }: NativeSelectProps & Placed) {
  return <NativeSelect {...props} error={useFault(props.name, at)} />;
}

/** What is outside its bounds stays as it was typed, and is told: silently another number would be sent. */
export function NumberField({ at, ...props }: NumberInputProps & Placed) {
  const bounds = { "data-min": props.min, "data-max": props.max };
  return <NumberInput hideControls clampBehavior="none" {...bounds} {...props} error={useFault(props.name, at)} />;
}
