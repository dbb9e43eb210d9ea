/** The table of groups: each with its own way of signing and, when wanted, primaries of its own. */
import { Button, Stack } from "@mantine/core";
import type { CatalogGroup, Peer } from "#contract";
import { ManyField } from "../../parts/choice-fields.tsx";
import { TextField } from "../../parts/fields.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { CATALOGS } from "../../texts/catalogs.ts";
import classes from "./Catalogs.module.css";
import { type Settings, SettingsFields } from "./SettingsFields.tsx";

/** `key`: of the row on the screen, while its name is typed. */
export type GroupDraft = CatalogGroup & { readonly key: number };

export type GroupFieldsProps = {
  readonly groups: readonly GroupDraft[];
  readonly peers: readonly Peer[];
  readonly unsaid: Settings;
  readonly onChange: (groups: readonly GroupDraft[]) => void;
};

const { fields: WORDS } = CATALOGS;

export function GroupFields({ groups, peers, unsaid, onChange }: GroupFieldsProps) {
  const change = (key: number, draft: Partial<GroupDraft>) =>
    onChange(groups.map((group) => (group.key === key ? { ...group, ...draft } : group)));
  const add = () =>
    onChange([...groups, { ...unsaid, group: "", key: Math.max(-1, ...groups.map(({ key }) => key)) + 1 }]);
  return (
    <fieldset className="cs-fieldset">
      <legend>{WORDS.groups}</legend>
      <p>{WORDS.groupsHint}</p>
      <Stack gap="md">
        {groups.map((group, i) => (
          <div key={group.key} className={classes["group"]}>
            <div className={classes["groupHead"]}>
              <TextField
                name={`group${group.key}`}
                at={`/groups/${i}/group`}
                label={WORDS.group}
                value={group.group}
                onChange={(event) => change(group.key, { group: event.currentTarget.value })}
                required
                spellCheck={false}
              />
              <Button
                variant="default"
                aria-label={WORDS.removeGroup(group.group)}
                onClick={() => onChange(groups.filter(({ key }) => key !== group.key))}
              >
                <Icon name="cross" size={15} />
              </Button>
            </div>
            <SettingsFields value={group} onChange={(settings) => change(group.key, settings)} />
            {peers.length === 0 ? null : (
              <ManyField
                name={`peers${group.key}`}
                at={`/groups/${i}/peers`}
                label={WORDS.groupPeers}
                description={WORDS.groupPeersHint}
                value={group.peers ?? []}
                onChange={(chosen) => change(group.key, { peers: chosen.length === 0 ? null : chosen })}
                data={peers.map(({ id, name }) => ({ value: id, label: name }))}
                clearable
              />
            )}
          </div>
        ))}
        <div>
          <Button variant="default" leftSection={<Icon name="plus" />} onClick={add}>
            {WORDS.addGroup}
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}
