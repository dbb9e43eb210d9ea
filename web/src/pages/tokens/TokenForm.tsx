/** Makes a token, or changes one: what it may, for which zones, from where, until when. */
import { Checkbox, Radio, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ApiToken, PermissionGroup } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { FormDialog, type FormFields } from "../../parts/FormDialog.tsx";
import { Note } from "../../parts/Note.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";
import { type PolicyFacts, readPolicies, writePolicies } from "./policies.ts";

export type TokenFormProps = {
  readonly token: ApiToken | undefined;
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
};

type ZoneName = { readonly id: string; readonly name: string };

export function TokenForm({ token, onClose, onSecret }: TokenFormProps) {
  const toast = useToast();
  const groups = useRead("user.tokens.groups").data ?? [];
  const zones = useRead("zones.list", { query: { per_page: 1000, order: "name" } }).data;
  const create = useWrite("user.tokens.create", { changes: ["user.tokens.list"] });
  const update = useWrite("user.tokens.update", { changes: ["user.tokens.list"] });
  const [wrong, setWrong] = useState<string>();
  const write = token ? update : create;
  const before = readPolicies(token?.policies ?? []);
  const submit = (fields: FormFields) => {
    const choice = readChoice(fields, zones ?? [], before.complex);
    setWrong(typeof choice === "string" ? choice : undefined);
    if (typeof choice === "string") return;
    const addresses = linesOf(fields.text("addresses"));
    const expires = fields.text("expires");
    const body = {
      name: fields.text("name"),
      policies: token && before.complex ? token.policies : writePolicies(choice, groups),
      ...(addresses.length > 0 && { condition: { request_ip: { in: addresses } } }),
      ...(expires !== "" && { expires_on: `${expires}T00:00:00Z` }),
      ...(token?.not_before && { not_before: token.not_before }),
    };
    if (token) {
      const status = fields.checked("disabled") ? ("disabled" as const) : ("active" as const);
      update.mutate({ params: { tokenId: token.id }, body: { ...body, status } }, { onSuccess: finish });
      return;
    }
    create.mutate(
      { body },
      {
        onSuccess: (made) => {
          onClose();
          onSecret(made.value);
        },
      },
    );
  };
  const finish = () => {
    toast(COMMON.saved(token?.name ?? ""));
    onClose();
  };
  if (groups.length === 0 || zones === undefined) return null;
  return (
    <FormDialog
      title={token ? TOKENS.edit(token.name) : TOKENS.add}
      action={token ? COMMON.save : TOKENS.add}
      onClose={onClose}
      onSubmit={submit}
      pending={write.isPending}
      failed={TOKENS.notSaved}
      {...(write.error && { failure: write.error.failure })}
    >
      <TokenFields token={token} before={before} groups={groups} zones={zones} />
      {wrong === undefined ? null : (
        <Note tone="bad" role="alert">
          {wrong}
        </Note>
      )}
    </FormDialog>
  );
}

type FieldsProps = {
  readonly token: ApiToken | undefined;
  readonly before: PolicyFacts;
  readonly groups: readonly PermissionGroup[];
  readonly zones: readonly ZoneName[];
};

function TokenFields({ token, before, groups, zones }: FieldsProps) {
  const { fields } = TOKENS;
  return (
    <>
      <TextInput
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
        <PolicyFields before={before} groups={groups} zones={zones} />
      )}
      <Textarea
        name="addresses"
        label={fields.addresses}
        description={fields.addressesHint}
        defaultValue={token?.condition?.request_ip?.in?.join("\n")}
        autosize
        minRows={2}
        spellCheck={false}
      />
      <TextInput name="expires" type="date" label={fields.expires} defaultValue={token?.expires_on?.slice(0, 10)} />
      {token ? <Checkbox name="disabled" label={fields.disabled} defaultChecked={token.status === "disabled"} /> : null}
    </>
  );
}

function PolicyFields({ before, groups, zones }: Omit<FieldsProps, "token">) {
  const { fields } = TOKENS;
  const [where, setWhere] = useState(before.zoneIds.length > 0 ? "some" : "all");
  const names = before.zoneIds.flatMap((id) => zones.find((zone) => zone.id === id)?.name ?? []);
  return (
    <>
      <Checkbox.Group label={fields.groups} defaultValue={[...before.groupIds]}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt="xs">
          {groups.map(({ id, name }) => (
            <Checkbox key={id} name="groups" value={id} label={name} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <Radio.Group name="where" label={fields.zones} value={where} onChange={setWhere}>
        <Stack gap="xs" mt="xs">
          <Radio value="all" label={fields.allZones} />
          <Radio value="some" label={fields.someZones} />
        </Stack>
      </Radio.Group>
      {where === "some" ? (
        <Textarea
          name="zones"
          label={fields.zoneNames}
          defaultValue={names.join("\n")}
          autosize
          minRows={2}
          spellCheck={false}
          required
        />
      ) : null}
    </>
  );
}

/** The choice, or what is wrong with it. */
function readChoice(fields: FormFields, zones: readonly ZoneName[], kept: boolean) {
  const groupIds = fields.all("groups");
  if (groupIds.length === 0 && !kept) return TOKENS.noGroups;
  const names = fields.text("where") === "some" ? linesOf(fields.text("zones")) : [];
  const missing = names.find((name) => !zones.some((zone) => zone.name === plainName(name)));
  if (missing !== undefined) return TOKENS.unknownZone(missing);
  const zoneIds = zones.filter(({ name }) => names.some((each) => plainName(each) === name)).map(({ id }) => id);
  return { groupIds, allZones: names.length === 0, zoneIds };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== "");
}
