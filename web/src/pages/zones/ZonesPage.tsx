/** The list of zones: problems first, search and filters at the server; rows are asked for and drawn only where they are seen. */

import { HEALTH_LEVELS, SIGNING_MODES } from "virtual:contract";
import { Button } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { useMay } from "../../fetch/context.ts";
import { useListWindow } from "../../fetch/hooks.ts";
import { type AddressState, useAddressState } from "../../parts/address-state.ts";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { toALabels } from "../../parts/unicode-name.ts";
import { useNow } from "../../parts/useNow.ts";
import { SparseRows } from "../../parts/VirtualRows.tsx";
import { ZONES } from "../../texts/zones.ts";
import { ZoneFilters } from "./ZoneFilters.tsx";
import { ZoneHead, ZoneRow } from "./ZoneRow.tsx";

const PER_PAGE = 100;
const TYPING_MS = 180;
const ROW_HEIGHT = 56;
/** On phones the state stands below the name. */
const TALL_ROW_HEIGHT = 76;
const WIDE = "(min-width: 36.01em)";

export function ZonesPage() {
  const mayOnboard = useMay("operator");
  return (
    <>
      <PageTitle title={ZONES.title} lead={ZONES.lead} actions={mayOnboard ? <Onboard /> : null} />
      <ZoneList />
    </>
  );
}

function Onboard() {
  return (
    <ButtonLink to="/onboard" leftSection={<Icon name="plus" />}>
      {ZONES.onboard}
    </ButtonLink>
  );
}

function ZoneList() {
  const [address, setAddress] = useAddressState();
  const now = useNow();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const [q] = useDebouncedValue(address["q"], TYPING_MS);
  const query = {
    q: q === undefined ? undefined : toALabels(q),
    level: HEALTH_LEVELS.filter((level) => level === address["level"]),
    mode: SIGNING_MODES.filter((mode) => mode === address["mode"]),
  };
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const zones = useListWindow("own.zones", { query }, { perPage: PER_PAGE, ...range });
  const narrowed = Boolean(q) || query.level.length > 0 || query.mode.length > 0;
  if (zones.isPending && !narrowed) return <Loading what={ZONES.title} />;
  if (zones.total === 0 && !narrowed && !zones.error) {
    return (
      <EmptyState {...ZONES.none}>
        <Onboard />
      </EmptyState>
    );
  }
  return (
    <>
      <ZoneFilters address={address} onChange={setAddress} />
      {zones.error ? (
        <ErrorNote title={ZONES.failed} failure={zones.error.failure} again={() => void zones.again()} />
      ) : zones.total === 0 && !zones.isPending ? (
        <NoneFound onAll={setAddress} />
      ) : (
        <SparseRows
          label={ZONES.found(zones.total)}
          count={zones.total}
          rowHeight={wide ? ROW_HEIGHT : TALL_ROW_HEIGHT}
          rowKey={(index) => zones.rowAt(index)?.id ?? index}
          onRange={(first, last) => setRange({ first, last })}
          head={<ZoneHead />}
        >
          {(index) => <ZoneRow zone={zones.rowAt(index)} now={now} />}
        </SparseRows>
      )}
    </>
  );
}

function NoneFound({ onAll }: { readonly onAll: (change: AddressState) => void }) {
  return (
    <EmptyState title={ZONES.noneFound.title} text={ZONES.noneFound.text}>
      <Button variant="default" onClick={() => onAll({ q: undefined, level: undefined, mode: undefined })}>
        {ZONES.noneFound.action}
      </Button>
    </EmptyState>
  );
}
