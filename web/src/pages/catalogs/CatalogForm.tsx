/** Adds a catalog, or changes its settings. */
import { Checkbox, Radio, SimpleGrid, Stack } from "@mantine/core";
import { useState } from "react";
import type { Catalog, Peer } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useRead } from "../../fetch/hooks.ts";
import { BoxesField } from "../../parts/choice-fields.tsx";
import { AreaField, NumberField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import { Note } from "../../parts/Note.tsx";
import { useSave } from "../../parts/useSave.ts";
import { CATALOGS } from "../../texts/catalogs.ts";
import { COMMON } from "../../texts/common.ts";
import { type GroupDraft, GroupFields } from "./GroupFields.tsx";
import { type Settings, SettingsFields } from "./SettingsFields.tsx";

const ROUTES = {
  create: "catalogs.create",
  update: "catalogs.edit",
  changes: ["catalogs.list", "catalogs.get", "catalogs.members"],
} as const;

const ROLES = ["consumer", "producer"] as const;
const DAY = 86_400;
const DEFAULT_REFRESH_SECONDS = 86_400;
const DEFAULT_GRACE_SECONDS = 30 * DAY;
const DEFAULT_MAX_MEMBERS = 100_000;
const UNSAID: Settings = {
  mode: "unsigned",
  denial: "compact",
  peers: null,
  auto_refresh_seconds: DEFAULT_REFRESH_SECONDS,
};

export type CatalogFormProps = { readonly catalog: Catalog | undefined; readonly onClose: () => void };

const { fields: WORDS } = CATALOGS;

export function CatalogForm({ catalog, onClose }: CatalogFormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const accountId = useAccountId();
  const peers = useRead("peers.list", { params: { accountId: accountId ?? "" } }, { enabled: accountId !== undefined });
  const [role, setRole] = useState<Catalog["role"]>(catalog?.role ?? "consumer");
  const [defaults, setDefaults] = useState<Settings>(catalog?.defaults ?? UNSAID);
  const [groups, setGroups] = useState<readonly GroupDraft[]>(
    (catalog?.groups ?? []).map((group, key) => ({ ...group, key })),
  );
  const submit = (fields: FormFields) => {
    const name = catalog?.name ?? fields.text("name");
    const settings = role === "producer" ? {} : { ...readSettings(fields), defaults, groups: groups.map(withoutKey) };
    const create = { name, role, peers: role === "producer" ? [] : fields.all("peers"), ...settings };
    const edit = { ...settings, ...(fields.checked("now") && { apply_to_members: true }) };
    save({ name, create: { body: create }, update: catalog && { params: { catalogId: catalog.id }, body: edit } });
  };
  if (!peers.data) return null;
  return (
    <FormDialog
      title={catalog ? CATALOGS.edit(catalog.name) : CATALOGS.add}
      action={catalog ? COMMON.save : CATALOGS.add}
      onClose={onClose}
      onSubmit={submit}
      failed={CATALOGS.notSaved}
      {...sent}
    >
      {catalog ? null : <NewFields role={role} onRole={setRole} peers={peers.data} />}
      {role === "producer" ? null : (
        <>
          <LimitFields catalog={catalog} />
          <fieldset className="cs-fieldset">
            <legend>{WORDS.defaults}</legend>
            <SettingsFields value={defaults} onChange={setDefaults} />
          </fieldset>
          <GroupFields groups={groups} peers={peers.data} unsaid={UNSAID} onChange={setGroups} />
          {catalog ? <Checkbox name="now" label={WORDS.applyNow} description={WORDS.applyNowHint} /> : null}
        </>
      )}
    </FormDialog>
  );
}

type NewFieldsProps = {
  readonly role: Catalog["role"];
  readonly onRole: (role: Catalog["role"]) => void;
  readonly peers: readonly Peer[];
};

function NewFields({ role, onRole, peers }: NewFieldsProps) {
  return (
    <>
      <Radio.Group label={WORDS.role} value={role} onChange={(value) => onRole(value as Catalog["role"])}>
        <Stack gap="xs" mt="xs">
          {ROLES.map((each) => (
            <Radio key={each} value={each} label={WORDS.roles[each].name} description={WORDS.roles[each].means} />
          ))}
        </Stack>
      </Radio.Group>
      <TextField
        name="name"
        label={WORDS.name}
        description={role === "producer" ? WORDS.newNameHint : WORDS.nameHint}
        required
        spellCheck={false}
        autoComplete="off"
        data-autofocus
      />
      {role === "producer" ? null : peers.length === 0 ? (
        <Note tone="warn">{WORDS.noPeers}</Note>
      ) : (
        <BoxesField name="peers" label={WORDS.peers} description={WORDS.peersHint}>
          <Stack gap="xs" mt="xs">
            {peers.map(({ id, name }) => (
              <Checkbox key={id} name="peers" value={id} label={name} />
            ))}
          </Stack>
        </BoxesField>
      )}
    </>
  );
}

function LimitFields({ catalog }: Pick<CatalogFormProps, "catalog">) {
  return (
    <>
      <AreaField
        name="allowed"
        label={WORDS.allowed}
        description={WORDS.allowedHint}
        defaultValue={catalog?.allowed.join("\n")}
        autosize
        minRows={2}
        spellCheck={false}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberField
          name="grace"
          at="/grace_seconds"
          label={WORDS.grace}
          description={WORDS.graceHint}
          defaultValue={(catalog?.grace_seconds ?? DEFAULT_GRACE_SECONDS) / DAY}
          min={0}
          max={24_000}
          hideControls
        />
        <NumberField
          name="most"
          at="/max_members"
          label={WORDS.most}
          description={WORDS.mostHint}
          defaultValue={catalog?.max_members ?? DEFAULT_MAX_MEMBERS}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          hideControls
        />
      </SimpleGrid>
    </>
  );
}

function readSettings(fields: FormFields) {
  return {
    allowed: fields
      .text("allowed")
      .split(/[\s,]+/)
      .filter((name) => name !== ""),
    grace_seconds: Math.round(Number(fields.text("grace")) * DAY),
    max_members: Number(fields.text("most") || DEFAULT_MAX_MEMBERS),
  };
}

function withoutKey({ key: _, ...group }: GroupDraft) {
  return group;
}
