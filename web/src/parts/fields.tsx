/** The fields of a `Form`: Mantine's, each with what is wrong with it at its place. `at`: the pointer of the server's answer, when it is not `/name`. */
import {
  Checkbox,
  type CheckboxGroupProps,
  MultiSelect,
  type MultiSelectProps,
  NativeSelect,
  type NativeSelectProps,
  NumberInput,
  type NumberInputProps,
  PasswordInput,
  type PasswordInputProps,
  Textarea,
  type TextareaProps,
  TextInput,
  type TextInputProps,
} from "@mantine/core";
import { useFault } from "./form-faults.ts";

type Placed = { readonly name: string; readonly at?: string };

export function TextField({ at, ...props }: TextInputProps & Placed) {
  return <TextInput {...props} error={useFault(props.name, at)} />;
}

export function PasswordField({ at, ...props }: PasswordInputProps & Placed) {
  const fault = useFault(props.name, at);
  // Mantine says it of the frame alone, and the frame is nothing to who hears the page.
  return <PasswordInput {...props} error={fault} aria-invalid={fault === undefined ? undefined : true} />;
}

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

/** Boxes of which some are to be chosen; the name of each is `name`, too. */
export function BoxesField({ at, name, ...props }: CheckboxGroupProps & Placed) {
  const fault = useFault(name, at);
  return <Checkbox.Group {...props} error={fault} data-wrong={fault !== undefined || undefined} />;
}

export function ManyField({ at, ...props }: MultiSelectProps & Placed) {
  return <MultiSelect {...props} error={useFault(props.name, at)} />;
}
