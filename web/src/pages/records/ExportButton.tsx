/** The zone as a master file, saved by the browser. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useServer } from "../../fetch/context.ts";
import type { Failure } from "../../fetch/result.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { RECORDS } from "../../texts/records.ts";

export function ExportButton({ zoneId, name }: { readonly zoneId: string; readonly name: string }) {
  const { client } = useServer();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const save = async () => {
    setPending(true);
    const text = await client.text("records.export", { params: { zoneId } });
    setPending(false);
    setFailure(text.ok ? undefined : text.failure);
    if (text.ok) saveFile(`${name}.zone`, text.value);
  };
  return (
    <>
      <Button variant="default" leftSection={<Icon name="down" />} loading={pending} onClick={() => void save()}>
        {RECORDS.export}
      </Button>
      {failure ? <ErrorNote title={RECORDS.exportFailed} failure={failure} again={() => void save()} /> : null}
    </>
  );
}

function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
