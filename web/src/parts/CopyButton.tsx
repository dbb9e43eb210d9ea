/** Copies a text, and says that it did. */
import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { COMMON } from "../texts/common.ts";
import { Icon } from "./Icon.tsx";

/** `what`: what is copied, for screen readers: "the DS record". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { copy, copied, error } = useClipboard({ timeout: 2000 });
  const word = error ? COMMON.copyFailed : copied ? COMMON.copied : COMMON.copy;
  return (
    <Button
      size="compact-sm"
      variant="default"
      flex="none"
      onClick={() => copy(text)}
      leftSection={<Icon name={copied ? "check" : "copy"} size={15} />}
      // The words that are seen are part of its name, before and after (WCAG 2.5.3).
      aria-label={`${word}: ${what}`}
    >
      <span aria-live="polite">{word}</span>
    </Button>
  );
}
