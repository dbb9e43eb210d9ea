/** First step: the domain's name. The zone is made right here, so that every later step has a link. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form } from "../../parts/Form.tsx";
import { TextField } from "../../parts/fields.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import { StepBox } from "./StepBox.tsx";

const TEXTS = ONBOARD.name;

export function NameStep({ onZone }: { readonly onZone: (zoneId: string) => void }) {
  const [name, setName] = useState("");
  const create = useWrite("zones.create", { changes: ["own.zones", "own.zoneCounts"] });
  const submit = () =>
    create.mutate({ body: { name: name.trim(), type: "secondary" } }, { onSuccess: (zone) => onZone(zone.id) });
  return (
    <StepBox title={TEXTS.title} lead={TEXTS.lead}>
      <Form onSubmit={submit} failure={create.error?.failure}>
        <TextField
          name="name"
          label={TEXTS.label}
          description={TEXTS.hint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          size="md"
          mb="md"
        />
        {create.error ? <ErrorNote title={TEXTS.failed} failure={create.error.failure} /> : null}
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={create.isPending}>
            {TEXTS.action}
          </Button>
        </Group>
      </Form>
    </StepBox>
  );
}
