/** A zone at a glance: serials on their way, transfers, DNSSEC, chain of trust, primaries, contents. The sentence above is the frame's. */
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { useRead } from "../../fetch/hooks.ts";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { SHELL } from "../../texts/shell.ts";
import { OVERVIEW } from "../../texts/zone.ts";
import { ChainCard } from "./ChainCard.tsx";
import { ContentsCard } from "./ContentsCard.tsx";
import { DnssecCard } from "./DnssecCard.tsx";
import classes from "./OverviewPage.module.css";
import { PrimariesCard } from "./PrimariesCard.tsx";
import { SerialsCard } from "./SerialsCard.tsx";
import { TransferCard } from "./TransferCard.tsx";

const route = getRouteApi("/zones/$zoneId");

export function OverviewPage() {
  const { zoneId } = route.useParams();
  const { data: status } = useRead("own.status", { params: { zoneId } });
  const name = status?.name;
  useEffect(() => {
    if (name !== undefined) document.title = `${OVERVIEW.windowTitle(name)} · ${SHELL.product}`;
  }, [name]);
  if (!status) return null;
  const unfinished = status.serials.served === null;
  // Where there is no primary yet the sentence above leads there.
  const isLed = status.health.code === "no-primary";
  return (
    <div className={classes["grid"]}>
      {unfinished && !isLed ? (
        <div className={classes["wide"]}>
          <ButtonLink to="/onboard" search={{ zone: zoneId } as never}>
            {OVERVIEW.goOn}
          </ButtonLink>
        </div>
      ) : null}
      <div className={classes["wide"]}>
        <SerialsCard status={status} />
      </div>
      <TransferCard status={status} />
      <DnssecCard status={status} />
      {unfinished ? null : (
        <div className={classes["wide"]}>
          <ChainCard status={status} />
        </div>
      )}
      <PrimariesCard status={status} />
      <ContentsCard status={status} />
    </div>
  );
}
