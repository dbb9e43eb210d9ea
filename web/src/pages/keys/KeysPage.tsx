/** The keys of a zone: ours and the primary's, what each signs, since when, until when. */

import { ALGORITHM_NAMES } from "virtual:contract";
import { Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { ZoneKey, ZoneStatus } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { findFailure, useRead } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { type Fact, Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { KEYS } from "../../texts/keys.ts";
import { printExact } from "../../texts/time.ts";
import classes from "./KeysPage.module.css";
import { RolloverCard } from "./RolloverCard.tsx";

const route = getRouteApi("/zones/$zoneId");

/** DNSSEC is being switched off, or is. */
const LEAVING: ReadonlySet<ZoneStatus["dnssec"]["status"]> = new Set(["pending-disabled", "disabled"]);

export function KeysPage() {
  const { zoneId } = route.useParams();
  const params = { zoneId };
  const keys = useRead("own.keys", { params });
  const status = useRead("own.status", { params });
  // Asked for together with the rest, and shown with it: the card stands above the keys and would push them down.
  const rollovers = useRead("own.rollovers", { params });
  const may = useMay("operator");
  const failure = findFailure(keys, status);
  if (failure) return <ErrorNote title={KEYS.failed} failure={failure} again={() => void keys.refetch()} />;
  if (!keys.data || !status.data || rollovers.isPending) return <Loading what={KEYS.keys} />;
  const { name, mode } = status.data;
  // Keys that are kept while the zone is served without DNSSEC are shown, too: they come back with it.
  const shown = keys.data.filter(({ published, whose }) => published || whose === "ours");
  return (
    <>
      <PageTitle order={2} title={KEYS.title} windowTitle={KEYS.windowTitle(name)} lead={KEYS.lead} />
      {shown.length === 0 ? (
        <NoKeys zoneId={zoneId} unsigned={mode === "unsigned"} />
      ) : (
        <Stack gap="lg">
          <RolloverCard zoneId={zoneId} may={may} keys={keys.data} leaving={LEAVING.has(status.data.dnssec.status)} />
          <Signatures status={status.data} />
          {(["ours", "primary"] as const).map((whose) => (
            <KeyGroup key={whose} whose={whose} keys={shown.filter((key) => key.whose === whose)} />
          ))}
        </Stack>
      )}
    </>
  );
}

function NoKeys({ zoneId, unsigned }: { readonly zoneId: string; readonly unsigned: boolean }) {
  const words = unsigned ? KEYS.none.unsigned : KEYS.none.waiting;
  return (
    <EmptyState heading={3} title={words.title} text={words.text}>
      {unsigned ? (
        <ButtonLink to="/zones/$zoneId/settings" params={{ zoneId }} variant="default">
          {KEYS.none.unsigned.action}
        </ButtonLink>
      ) : null}
    </EmptyState>
  );
}

function Signatures({ status }: { readonly status: ZoneStatus }) {
  const { signatures_expire_time: expires, resign_time: resign } = status.dnssec;
  const facts: Fact[] = [];
  if (resign) facts.push([KEYS.resign, <WhenAgo key="resign" time={resign} />]);
  if (expires) facts.push([KEYS.expires, <WhenAgo key="expires" time={expires} />]);
  if (facts.length === 0) return null;
  return (
    <Card title={KEYS.windows} order={3}>
      <Facts facts={facts} />
    </Card>
  );
}

function KeyGroup({ whose, keys }: { readonly whose: ZoneKey["whose"]; readonly keys: readonly ZoneKey[] }) {
  if (keys.length === 0) return null;
  const { title, lead } = KEYS.groups[whose];
  return (
    <Card title={title} lead={lead} order={3}>
      <ul className={classes["keys"]}>
        {keys.map((key) => (
          <li key={key.dnskey}>
            <Key zoneKey={key} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Key({ zoneKey }: { readonly zoneKey: ZoneKey }) {
  const { key_tag: tag, role, published, dnskey } = zoneKey;
  // The key of a rollover that has not come so far: its DS is shown when the parent may have it.
  const ds = zoneKey.state === "published" ? null : zoneKey.ds;
  return (
    <Stack gap="sm">
      <div className={classes["head"]}>
        <strong>{KEYS.roles[role]}</strong>
        <span className="cs-numeric">{KEYS.tag(tag)}</span>
        <StateBadge tone={published ? "good" : "quiet"}>{published ? KEYS.published : KEYS.unpublished}</StateBadge>
      </div>
      <p className={classes["hint"]}>{KEYS.roleHints[role]}</p>
      <Facts facts={factsOf(zoneKey)} />
      <CopyField label={`${KEYS.dnskey} ${tag}`} value={dnskey} />
      {ds === null ? null : <CopyField label={`${KEYS.ds} ${tag}`} value={ds} />}
    </Stack>
  );
}

function factsOf(key: ZoneKey): readonly Fact[] {
  const { signs, signature, created_time: created, ds_at_parent: atParent } = key;
  const [name, mnemonic] = ALGORITHM_NAMES[String(key.algorithm)] ?? [];
  const facts: Fact[] = [
    [
      KEYS.signs,
      signs.length === 0
        ? key.whose === "ours"
          ? KEYS.standsBy
          : KEYS.signsElsewhere
        : signs.map((what) => KEYS.signsWhat[what]).join(", "),
    ],
    [KEYS.since, created ? <WhenAgo key="since" time={created} /> : KEYS.foreign],
    [KEYS.algorithm, name ? `${key.algorithm}, ${name} (${mnemonic})` : key.algorithm],
    [KEYS.flags, key.flags],
  ];
  if (signature) {
    const { inception_time: from, expiration_time: until } = signature;
    facts.push([KEYS.signature, KEYS.window(printExact(from), printExact(until))]);
  } else if (signs.length > 0) facts.push([KEYS.signature, KEYS.madeWhenAsked]);
  if (key.ds !== null) {
    facts.push([KEYS.atParent, atParent === null ? KEYS.notAsked : atParent ? KEYS.yes : KEYS.no]);
  }
  return facts;
}
