/** Account ▸ API tokens: one's own, for programs. */
import { useState } from "react";
import type { ApiToken } from "#contract";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import type { Column } from "../../parts/DataTable.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";
import { readPolicies } from "./policies.ts";
import { RollToken } from "./RollToken.tsx";
import { SecretDialog } from "./SecretDialog.tsx";
import { TokenForm } from "./TokenForm.tsx";

const TONES = { active: "good", disabled: "quiet", expired: "warn" } as const;

const COLUMNS: readonly Column<ApiToken>[] = [
  { head: TOKENS.columns.name, cell: ({ name }) => name },
  { head: TOKENS.columns.may, cell: ({ policies }) => groupNames(policies).join(", ") },
  { head: TOKENS.columns.where, cell: ({ policies }) => printWhere(policies) },
  {
    head: TOKENS.columns.state,
    cell: ({ status }) => <StateBadge tone={TONES[status]}>{TOKENS.states[status]}</StateBadge>,
  },
  { head: TOKENS.columns.used, cell: ({ last_used_on }) => <WhenAgo time={last_used_on} /> },
  {
    head: TOKENS.columns.ends,
    cell: ({ expires_on }) => (expires_on ? <WhenAgo time={expires_on} /> : TOKENS.neverEnds),
  },
];

export function TokensPage() {
  const [secret, setSecret] = useState<string>();
  const tokens = useRead("user.tokens.list", { query: { per_page: 1000, include_expired: "true" } });
  return (
    <>
      <ResourceList
        texts={TOKENS}
        read={tokens}
        columns={COLUMNS}
        nameOf={({ name }) => name}
        mayChange
        more={(token) => <RollToken token={token} onSecret={setSecret} />}
        heading={(actions) => <PageTitle title={TOKENS.title} lead={TOKENS.lead} actions={actions} />}
        form={(token, close) => <TokenForm token={token} onClose={close} onSecret={setSecret} />}
        remove={(token, close) => <RemoveToken token={token} onClose={close} />}
      />
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

function groupNames(policies: ApiToken["policies"]): readonly string[] {
  return [...new Set(policies.flatMap(({ permission_groups }) => permission_groups.map(({ name }) => name)))];
}

function printWhere(policies: ApiToken["policies"]): string {
  const { allZones, zoneIds, account } = readPolicies(policies);
  const zones = allZones ? [TOKENS.everything] : zoneIds.length > 0 ? [TOKENS.zones(zoneIds.length)] : [];
  return [...zones, ...(account ? [TOKENS.account] : [])].join(", ");
}

function RemoveToken({ token, onClose }: { readonly token: ApiToken; readonly onClose: () => void }) {
  const toast = useToast();
  const removal = useWrite("user.tokens.delete", { changes: ["user.tokens.list"] });
  const remove = () =>
    removal.mutate(
      { params: { tokenId: token.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(token.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={token.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>{TOKENS.removing}</p>
    </RemoveDialog>
  );
}
