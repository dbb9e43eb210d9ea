/** What stands above every page of a zone: its name, how it is in one sentence with what to do, the tabs. */
import { Title } from "@mantine/core";
import { getRouteApi, Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { ZoneStatus } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { DomainName } from "../../parts/DomainName.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { HealthBadge, LEVEL_TONES } from "../../parts/HealthBadge.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { UnicodeName } from "../../parts/UnicodeName.tsx";
import { withFullStop } from "../../texts/common.ts";
import { HEALTH } from "../../texts/health.ts";
import { MODES } from "../../texts/modes.ts";
import { ZONE } from "../../texts/zone.ts";
import { TodoLink } from "./TodoLink.tsx";
import { ZONE_TABS } from "./tabs.ts";
import classes from "./ZoneFrame.module.css";

/** Characters: a longer name is set smaller, else it fills the screen of a phone. */
const LONG_NAME = 64;
const route = getRouteApi("/zones/$zoneId");
/** Between events a check may have come and gone. */
const REFRESH_SECONDS = 60;

export function ZoneFrame() {
  const { zoneId } = route.useParams();
  const status = useRead("own.status", { params: { zoneId } }, { refreshSeconds: REFRESH_SECONDS });
  if (!status.data && status.error) {
    return <ErrorNote title={ZONE.failed} failure={status.error.failure} again={() => void status.refetch()} />;
  }
  if (!status.data) return <Loading what={ZONE.zone} />;
  return (
    <>
      <ZoneHeader status={status.data} />
      <Tabs zoneId={zoneId} />
      <Outlet />
    </>
  );
}

function Tabs({ zoneId }: { readonly zoneId: string }) {
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const tabs = nav.current;
    if (!tabs) return undefined;
    // On a phone most tabs stand outside: the current one comes to the middle. Which one that is the links say a little later than the address.
    const center = () => {
      const current = tabs.querySelector<HTMLElement>("[aria-current=page]");
      if (!current) return;
      tabs.scrollLeft = current.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - current.clientWidth) / 2;
    };
    const resized = new ResizeObserver(center);
    resized.observe(tabs);
    const moved = new MutationObserver(center);
    moved.observe(tabs, { subtree: true, attributes: true, attributeFilter: ["aria-current"] });
    return () => {
      resized.disconnect();
      moved.disconnect();
    };
  }, []);
  return (
    <nav ref={nav} className={classes["tabs"]} aria-label={ZONE.tabsLabel}>
      {ZONE_TABS.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          params={{ zoneId } as never}
          activeOptions={{ exact: tab.to === "/zones/$zoneId", includeSearch: false }}
          {...(tab.within?.some((part) => pathname.endsWith(part)) && { "aria-current": "page" })}
          className={classes["tab"]}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

function ZoneHeader({ status }: { readonly status: ZoneStatus }) {
  const { sentence, todo } = HEALTH[status.health.code];
  return (
    <header className={classes["header"]} data-tone={LEVEL_TONES[status.health.level]}>
      <TextLink to="/zones" className={classes["back"]}>
        {ZONE.all}
      </TextLink>
      <div className={classes["line"]}>
        <Title order={1} className={classes["name"]} data-long={status.name.length > LONG_NAME || undefined}>
          <DomainName name={status.name} />
        </Title>
        <UnicodeName name={status.name} />
        <HealthBadge health={status.health} />
        <StateBadge tone="quiet" icon="shield">
          {MODES[status.mode].name}
        </StateBadge>
      </div>
      <p className={classes["sentence"]} role="status">
        {sentence}
        {status.held ? ` ${withFullStop(status.held.reason)}` : null} {todo}{" "}
        <TodoLink code={status.health.code} zoneId={status.id} />
      </p>
    </header>
  );
}
