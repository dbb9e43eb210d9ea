/** Makes a token, or changes one: what it may, for which zones, from where, from when and until when. */
import { Checkbox, SimpleGrid } from "@mantine/core";
import { useState } from "react";
import type { ApiToken, PermissionGroup } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { AreaField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import type { OwnFaults } from "../../parts/form-faults.ts";
import { Note } from "../../parts/Note.tsx";
import { useSave } from "../../parts/useSave.ts";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";
import type { TokenCalls } from "./calls.ts";
import { PolicyFields } from "./PolicyFields.tsx";
import { type Choice, type PolicyFacts, readPolicies, writePolicies } from "./policies.ts";
import { useZoneIds, useZoneNames } from "./zone-names.ts";

export type TokenFormProps = {
  readonly calls: TokenCalls;
  readonly token: ApiToken | undefined;
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
};

export function TokenForm({ calls, token, onClose, onSecret }: TokenFormProps) {
  const { create, update, list } = calls;
  const { save, ...sent } = useSave({ create, update, changes: [list] }, onClose);
  const all = useRead(calls.groups, { params: calls.params }).data ?? [];
  // No user stands behind an account's token.
  const groups = calls.owner === "user" ? all : all.filter(({ scopes }) => !scopes.every((scope) => scope === USER));
  const before = readPolicies(token?.policies ?? []);
  const names = useZoneNames(before.zoneIds);
  const findZoneIds = useZoneIds();
  const [wrong, setWrong] = useState<OwnFaults>();
  const submit = async (fields: FormFields) => {
    const choice = before.complex ? before : await readChoice(fields, findZoneIds);
    const fault = "fault" in choice ? choice.fault : undefined;
    setWrong(fault);
    if ("fault" in choice) return;
    const policies = token && before.complex ? token.policies : writePolicies(choice, groups);
    const body = { name: fields.text("name"), policies, ...readLimits(fields, token) };
    const status = fields.checked("disabled") ? ("disabled" as const) : ("active" as const);
    save({
      name: body.name,
      create: { params: calls.params, body },
      update: token && { params: { ...calls.params, tokenId: token.id }, body: { ...body, status } },
      onMade: (made) => {
        onClose();
        onSecret(made.value);
      },
    });
  };
  if (groups.length === 0 || names === undefined) return null;
  return (
    <FormDialog
      title={token ? TOKENS.edit(token.name) : TOKENS.add}
      action={token ? COMMON.save : TOKENS.add}
      onClose={onClose}
      onSubmit={(fields) => void submit(fields)}
      failed={TOKENS.notSaved}
      wrong={wrong}
      {...sent}
    >
      <TokenFields token={token} before={before} groups={groups} zoneNames={names} />
    </FormDialog>
  );
}

const USER = "com.cloudflare.api.user";

type FieldsProps = {
  readonly token: ApiToken | undefined;
  readonly before: PolicyFacts;
  readonly groups: readonly PermissionGroup[];
  readonly zoneNames: readonly string[];
};

function TokenFields({ token, before, groups, zoneNames }: FieldsProps) {
  const { fields } = TOKENS;
  const { in: inside, not_in: outside } = token?.condition?.request_ip ?? {};
  return (
    <>
      <TextField
        name="name"
        label={fields.name}
        description={fields.nameHint}
        defaultValue={token?.name}
        required
        data-autofocus
      />
      {before.complex ? (
        <Note tone="info">{TOKENS.complex}</Note>
      ) : (
        <PolicyFields before={before} groups={groups} zoneNames={zoneNames} />
      )}
      <AreaField
        name="addresses"
        at="/condition/request_ip/in"
        label={fields.addresses}
        description={fields.addressesHint}
        defaultValue={inside?.join("\n")}
        autosize
        minRows={2}
        spellCheck={false}
      />
      <AreaField
        name="refused"
        at="/condition/request_ip/not_in"
        label={fields.refused}
        defaultValue={outside?.join("\n")}
        autosize
        minRows={1}
        spellCheck={false}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextField
          name="begins"
          at="/not_before"
          type="date"
          label={fields.begins}
          defaultValue={dayOf(token?.not_before)}
        />
        <TextField
          name="expires"
          at="/expires_on"
          type="date"
          label={fields.expires}
          defaultValue={dayOf(token?.expires_on)}
        />
      </SimpleGrid>
      {token ? <Checkbox name="disabled" label={fields.disabled} defaultChecked={token.status === "disabled"} /> : null}
    </>
  );
}

function dayOf(time: string | undefined): string | undefined {
  return time?.slice(0, "2027-01-01".length);
}

/** From where, from when, until when. */
function readLimits(fields: FormFields, token: ApiToken | undefined) {
  const inside = linesOf(fields.text("addresses"));
  const outside = linesOf(fields.text("refused"));
  const request_ip = { ...(inside.length > 0 && { in: inside }), ...(outside.length > 0 && { not_in: outside }) };
  // A day that was left as it is keeps its hour, which the field does not show.
  const time = (day: string, was: string | undefined) => (day === dayOf(was) ? was : `${day}T00:00:00Z`);
  const [begins, expires] = [fields.text("begins"), fields.text("expires")];
  return {
    ...(inside.length + outside.length > 0 && { condition: { request_ip } }),
    ...(begins !== "" && { not_before: time(begins, token?.not_before) }),
    ...(expires !== "" && { expires_on: time(expires, token?.expires_on) }),
  };
}

type Chosen = Choice | { readonly fault: OwnFaults };

/** The choice, or what is wrong with it. */
async function readChoice(fields: FormFields, findZoneIds: ReturnType<typeof useZoneIds>): Promise<Chosen> {
  const groupIds = fields.all("groups");
  const names = fields.text("where") === "some" ? linesOf(fields.text("zones")) : [];
  const zoneIds = await findZoneIds(names);
  const none: OwnFaults = groupIds.length === 0 ? { groups: TOKENS.noGroups } : {};
  if (typeof zoneIds === "string") return { fault: { ...none, zones: zoneIds } };
  if (groupIds.length === 0) return { fault: none };
  return { groupIds, allZones: names.length === 0, zoneIds };
}

function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== "");
}
