/** Account ▸ API tokens: one's own, and for administrators those of the account, which nobody's leaving ends. */
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { ApiToken } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import type { Column } from "../../parts/DataTable.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { COMMON } from "../../texts/common.ts";
import { TOKENS } from "../../texts/people.ts";
import { type TokenCalls, type TokenOwner, useTokenCalls } from "./calls.ts";
import { readPolicies } from "./policies.ts";
import { RollToken } from "./RollToken.tsx";
import { SecretDialog } from "./SecretDialog.tsx";
import { TokenForm } from "./TokenForm.tsx";
import classes from "./TokensPage.module.css";

const TONES = { active: "good", disabled: "quiet", expired: "warn" } as const;
const OWNERS = ["user", "account"] as const;

const COLUMNS: readonly Column<ApiToken>[] = [
  { head: TOKENS.columns.name, cell: ({ name }) => name },
  { head: TOKENS.columns.may, cell: ({ policies }) => groupNames(policies).join(", ") },
  { head: TOKENS.columns.where, cell: ({ policies }) => printWhere(policies) },
  { head: TOKENS.columns.from, cell: ({ condition }) => printFrom(condition) },
  {
    head: TOKENS.columns.state,
    cell: ({ status }) => <StateBadge tone={TONES[status]}>{TOKENS.states[status]}</StateBadge>,
  },
  { head: TOKENS.columns.used, cell: ({ last_used_on }) => <WhenAgo time={last_used_on} /> },
  { head: TOKENS.columns.good, cell: (token) => <Good token={token} /> },
];

export function TokensPage() {
  const mayAccount = useMay("admin");
  const [{ of }, setAddress] = useAddressState();
  const owner: TokenOwner = mayAccount && of === "account" ? "account" : "user";
  const calls = useTokenCalls(owner);
  const choice = mayAccount ? (
    <div className={classes["owners"]}>
      <SegmentedControl
        aria-label={TOKENS.owner}
        value={owner}
        onChange={(value) => setAddress({ of: value === "account" ? value : undefined })}
        data={OWNERS.map((value) => ({ value, label: TOKENS.owners[value].label }))}
      />
      <p>{TOKENS.owners[owner].means}</p>
    </div>
  ) : null;
  // Each owner's list is one of its own, with its own dialogs.
  return calls === undefined ? <Loading what={TOKENS.title} /> : <Tokens key={owner} calls={calls} choice={choice} />;
}

function Tokens({ calls, choice }: { readonly calls: TokenCalls; readonly choice: React.ReactNode }) {
  const [secret, setSecret] = useState<string>();
  const tokens = useRead(calls.list, { params: calls.params, query: { per_page: 1000, include_expired: "true" } });
  return (
    <>
      <ResourceList
        texts={{ ...TOKENS, none: TOKENS.none[calls.owner] }}
        read={tokens}
        columns={COLUMNS}
        nameOf={({ name }) => name}
        mayChange
        more={(token) => <RollToken calls={calls} token={token} onSecret={setSecret} />}
        heading={(actions) => (
          <>
            <PageTitle title={TOKENS.title} lead={TOKENS.lead} actions={actions} />
            {choice}
          </>
        )}
        form={(token, close) => <TokenForm calls={calls} token={token} onClose={close} onSecret={setSecret} />}
        remove={(token, close) => <RemoveToken calls={calls} token={token} onClose={close} />}
      />
      {secret === undefined ? null : (
        <SecretDialog calls={calls} secret={secret} onClose={() => setSecret(undefined)} />
      )}
    </>
  );
}

/** From when and until when. */
function Good({ token: { not_before, expires_on } }: { readonly token: ApiToken }) {
  const early = not_before !== undefined && Date.parse(not_before) > Date.now();
  return (
    <>
      {early ? (
        <>
          {TOKENS.goodFrom} <WhenAgo time={not_before} />,{" "}
        </>
      ) : null}
      {expires_on ? (
        <>
          {TOKENS.goodUntil} <WhenAgo time={expires_on} />
        </>
      ) : (
        TOKENS.neverEnds
      )}
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

function printFrom(condition: ApiToken["condition"]): string {
  const { in: inside = [], not_in: outside = [] } = condition?.request_ip ?? {};
  const from = inside.length > 0 ? inside.join(", ") : TOKENS.anywhere;
  return outside.length > 0 ? TOKENS.except(from, outside.join(", ")) : from;
}

type RemoveProps = { readonly calls: TokenCalls; readonly token: ApiToken; readonly onClose: () => void };

function RemoveToken({ calls, token, onClose }: RemoveProps) {
  const toast = useToast();
  const removal = useWrite(calls.remove, { changes: [calls.list] });
  const remove = () =>
    removal.mutate(
      { params: { ...calls.params, tokenId: token.id } },
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
