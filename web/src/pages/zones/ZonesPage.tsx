/** The list of zones: search at the server, rows drawn only where they are seen. */
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { usePages } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import type { Tone } from "../../parts/tone.ts";
import { VirtualRows } from "../../parts/VirtualRows.tsx";
import { ZONES } from "../../texts/zones.ts";
import classes from "./ZonesPage.module.css";

const PER_PAGE = 50;
const TYPING_MS = 200;

const TONES: Readonly<Record<keyof typeof ZONES.statuses, Tone>> = {
  active: "good",
  pending: "info",
  initializing: "info",
  moved: "warn",
};

export function ZonesPage() {
  const [{ q = "" }, setAddress] = useAddressState();
  const [wanted] = useDebouncedValue(q, TYPING_MS);
  const name = wanted === "" ? undefined : `contains:${wanted}`;
  const zones = usePages("zones.list", { query: { name, order: "name" } }, PER_PAGE);
  return (
    <>
      <PageTitle title={ZONES.title} lead={ZONES.lead} />
      <TextInput
        type="search"
        aria-label={ZONES.search}
        placeholder={ZONES.search}
        leftSection={<Icon name="search" />}
        value={q}
        onChange={(event) => setAddress({ q: event.currentTarget.value || undefined })}
        className={classes["search"]}
      />
      {zones.error ? (
        <ErrorNote title={ZONES.failed} failure={zones.error.failure} again={() => void zones.refetch()} />
      ) : zones.isPending ? (
        <Loading what={ZONES.title} />
      ) : zones.rows.length === 0 ? (
        <NoZones searched={wanted !== ""} onAll={() => setAddress({ q: undefined })} />
      ) : (
        <VirtualRows
          label={ZONES.found(zones.total ?? zones.rows.length)}
          rows={zones.rows}
          rowHeight={52}
          hasMore={zones.hasNextPage}
          onMore={() => void zones.fetchNextPage()}
          rowKey={(zone) => zone.id}
        >
          {(zone) => (
            <div className={classes["row"]}>
              <TextLink to="/zones/$zoneId" params={{ zoneId: zone.id }} className={classes["name"]}>
                {zone.name}
              </TextLink>
              <StateBadge tone={TONES[zone.status]}>{ZONES.statuses[zone.status]}</StateBadge>
            </div>
          )}
        </VirtualRows>
      )}
    </>
  );
}

function NoZones({ searched, onAll }: { readonly searched: boolean; readonly onAll: () => void }) {
  if (!searched) return <EmptyState {...ZONES.none} />;
  return (
    <EmptyState title={ZONES.noneFound.title} text={ZONES.noneFound.text}>
      <Button variant="default" onClick={onAll}>
        {ZONES.noneFound.action}
      </Button>
    </EmptyState>
  );
}
