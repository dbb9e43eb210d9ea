/** What a token may, and for which zones. */
import { Checkbox, Radio, SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import type { PermissionGroup } from "#contract";
import { BoxesField } from "../../parts/choice-fields.tsx";
import { AreaField } from "../../parts/entry-fields.tsx";
import { TOKENS } from "../../texts/people.ts";
import type { PolicyFacts } from "./policies.ts";

export type PolicyFieldsProps = {
  readonly before: PolicyFacts;
  readonly groups: readonly PermissionGroup[];
  readonly zoneNames: readonly string[];
};

export function PolicyFields({ before, groups, zoneNames }: PolicyFieldsProps) {
  const { fields } = TOKENS;
  const [where, setWhere] = useState(before.zoneIds.length > 0 ? "some" : "all");
  return (
    <>
      <BoxesField name="groups" at="/policies" label={fields.groups} defaultValue={[...before.groupIds]}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt="xs">
          {groups.map(({ id, name }) => (
            <Checkbox key={id} name="groups" value={id} label={name} />
          ))}
        </SimpleGrid>
      </BoxesField>
      <Radio.Group name="where" label={fields.zones} value={where} onChange={setWhere}>
        <Stack gap="xs" mt="xs">
          <Radio value="all" label={fields.allZones} />
          <Radio value="some" label={fields.someZones} />
        </Stack>
      </Radio.Group>
      {where === "some" ? (
        <AreaField
          name="zones"
          label={fields.zoneNames}
          defaultValue={zoneNames.join("\n")}
          autosize
          minRows={2}
          spellCheck={false}
          required
        />
      ) : null}
    </>
  );
}
