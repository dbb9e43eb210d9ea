/** The audit log of everything, and its download. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useServer } from "../../fetch/context.ts";
import type { Failure } from "../../fetch/result.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { AUDIT } from "../../texts/audit.ts";
import { AuditEntries } from "./AuditEntries.tsx";

export function AuditPage() {
  const { client } = useServer();
  const [failure, setFailure] = useState<Failure>();
  const download = async () => {
    const text = await client.text("audit.export");
    setFailure(text.ok ? undefined : text.failure);
    if (!text.ok) return;
    const address = URL.createObjectURL(new Blob([text.value], { type: "application/x-ndjson" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "audit.jsonl";
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <>
      <PageTitle
        title={AUDIT.title}
        lead={AUDIT.lead}
        actions={
          <Button variant="default" leftSection={<Icon name="down" />} onClick={() => void download()}>
            {AUDIT.export}
          </Button>
        }
      />
      {failure ? <ErrorNote title={AUDIT.exportFailed} failure={failure} /> : null}
      <AuditEntries />
    </>
  );
}
