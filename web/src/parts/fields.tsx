/**
 * The fields of a `Form`: Mantine's, each with what is wrong with it at its place. `at`: the pointer of the server's answer, when it is not
 * `/name`. Others are in entry-fields.tsx and choice-fields.tsx: a page loads what it has.
 */
import { PasswordInput, type PasswordInputProps, TextInput, type TextInputProps } from "@mantine/core";
import { useFault } from "./form-faults.ts";

export type Placed = { readonly name: string; readonly at?: string };

export function TextField({ at, ...props }: TextInputProps & Placed) {
  return <TextInput {...props} error={useFault(props.name, at)} />;
}

export function PasswordField({ at, ...props }: PasswordInputProps & Placed) {
  const fault = useFault(props.name, at);
  // Mantine says it of the frame alone, and the frame is nothing to who hears the page.
  return <PasswordInput {...props} error={fault} aria-invalid={fault === undefined ? undefined : true} />;
}
