/** DNS settings of the account: what new zones begin with. */
import { Stack, Switch } from "@mantine/core";
import type { AccountDnsSettings } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { ACCOUNT_SETTINGS as WORDS } from "../../texts/audit.ts";

export function AccountSettingsPage() {
  const accounts = useRead("accounts.list");
  const accountId = accounts.data?.[0]?.id;
  const settings = useRead(
    "dnsSettings.account.get",
    { params: { accountId: accountId ?? "" } },
    { enabled: accountId !== undefined },
  );
  const error = accounts.error ?? settings.error;
  return (
    <>
      <PageTitle title={WORDS.title} lead={WORDS.lead} />
      {error ? (
        <ErrorNote title={WORDS.failed} failure={error.failure} again={() => void settings.refetch()} />
      ) : settings.data === undefined || accountId === undefined ? (
        <Loading what={WORDS.settings} />
      ) : (
        <Stack gap="lg">
          <Defaults settings={settings.data} />
          <Enforce accountId={accountId} settings={settings.data} />
        </Stack>
      )}
    </>
  );
}

function Defaults({ settings }: { readonly settings: AccountDnsSettings }) {
  const { rows } = WORDS;
  const { multi_provider, secondary_overrides, ns_ttl, soa } = settings.zone_defaults;
  const facts: readonly Fact[] = [
    [rows.nameservers, rows.nameserversStandard],
    [rows.multiProvider, multi_provider ? rows.yes : rows.no],
    [rows.overrides, secondary_overrides ? rows.yes : rows.no],
    [rows.nsTtl, rows.seconds(ns_ttl)],
    [rows.soaTtl, rows.seconds(soa.ttl)],
    [rows.minTtl, rows.seconds(soa.min_ttl)],
  ];
  return (
    <Card title={WORDS.defaults} lead={WORDS.defaultsLead}>
      <Facts facts={facts} />
    </Card>
  );
}

type EnforceProps = { readonly accountId: string; readonly settings: AccountDnsSettings };

function Enforce({ accountId, settings }: EnforceProps) {
  const { enforce } = WORDS;
  const may = useMay("operator");
  const toast = useToast();
  const write = useWrite("dnsSettings.account.edit", { changes: ["dnsSettings.account.get"] });
  const set = (enforce_dns_only: boolean) =>
    write.mutate({ params: { accountId }, body: { enforce_dns_only } }, { onSuccess: () => toast(enforce.saved) });
  return (
    <Card title={enforce.label} lead={enforce.hint}>
      <Switch
        label={enforce.label}
        checked={settings.enforce_dns_only}
        disabled={!may || write.isPending}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {write.error ? <ErrorNote title={enforce.failed} failure={write.error.failure} /> : null}
    </Card>
  );
}
