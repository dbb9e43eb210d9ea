/** PEM, pasted or read from a file of this computer; the file is read in the page and goes nowhere else. */
import { Button, FileButton } from "@mantine/core";
import { useState } from "react";
import { AreaField } from "../../parts/entry-fields.tsx";
import { PEER } from "../../texts/peer.ts";

export type PemFieldProps = {
  readonly name: string;
  /** Where the server's answer points when it is wrong. */
  readonly at: string;
  readonly label: string;
  readonly description?: string;
  readonly initial?: string;
  readonly required?: boolean;
};

export function PemField({ name, at, label, description, initial = "", required = false }: PemFieldProps) {
  const [text, setText] = useState(initial);
  return (
    <div>
      <AreaField
        name={name}
        at={at}
        label={label}
        description={description}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        required={required}
        minRows={3}
        maxRows={8}
        autoComplete="off"
        placeholder="-----BEGIN …"
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
      <FileButton onChange={(file) => void file?.text().then(setText)} accept=".pem,.crt,.cer,.key,text/plain">
        {(props) => (
          <Button {...props} variant="default" size="compact-sm" mt="xs" aria-label={PEER.form.fileOf(label)}>
            {PEER.form.file}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
