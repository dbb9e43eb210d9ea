/** Fields of a `Form` in which several things are chosen. */
import { Checkbox, type CheckboxGroupProps, MultiSelect, type MultiSelectProps } from "@mantine/core";
import type { Placed } from "./fields.tsx";
import { useFault } from "./form-faults.ts";

/** Boxes of which some are to be chosen; the name of each is `name`, too. */
export function BoxesField({ at, name, ...props }: CheckboxGroupProps & Placed) {
  const fault = useFault(name, at);
  return <Checkbox.Group {...props} error={fault} data-wrong={fault !== undefined || undefined} />;
}

export function ManyField({ at, ...props }: MultiSelectProps & Placed) {
  return <MultiSelect {...props} error={useFault(props.name, at)} />;
}
