/** What stands above every page of a zone: its name, how it is in one sentence, the tabs. */
import { Title } from "@mantine/core";
import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { useRead } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { ZONE } from "../../texts/zone.ts";
import { ZONE_TABS } from "./tabs.ts";
import classes from "./ZoneFrame.module.css";

const route = getRouteApi("/zones/$zoneId");

export function ZoneFrame() {
  const { zoneId } = route.useParams();
  const status = useRead("own.status", { params: { zoneId } });
  if (status.error) {
    return <ErrorNote title={ZONE.failed} failure={status.error.failure} again={() => void status.refetch()} />;
  }
  if (!status.data) return <Loading what={ZONE.zone} />;
  return (
    <>
      <TextLink to="/zones" className={classes["back"]}>
        {ZONE.all}
      </TextLink>
      <Title order={1} className={classes["name"]}>
        {status.data.name}
      </Title>
      <nav className={classes["tabs"]} aria-label={ZONE.tabsLabel}>
        {ZONE_TABS.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            params={{ zoneId } as never}
            activeOptions={{ exact: tab.to === "/zones/$zoneId" }}
            className={classes["tab"]}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
