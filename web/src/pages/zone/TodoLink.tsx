/** From what is to be done about a zone to where it is done. */
import type { HealthCode } from "#contract";
import { TextLink } from "../../parts/TextLink.tsx";
import { HEALTH_LINKS } from "../../texts/health.ts";

type Target = "transfers" | "held" | "ds" | "onboard";

const TARGETS: Partial<Readonly<Record<HealthCode, Target>>> = {
  expired: "transfers",
  "ds-mismatch": "ds",
  "held-unserved": "held",
  held: "held",
  "never-transferred": "transfers",
  "no-primary": "onboard",
  unreachable: "transfers",
  "check-failed": "transfers",
  "primary-differs": "transfers",
  frozen: "transfers",
  "ds-wanted": "ds",
};

export function TodoLink({ code, zoneId }: { readonly code: HealthCode; readonly zoneId: string }) {
  const params = { zoneId };
  switch (TARGETS[code]) {
    case "transfers":
      return (
        <TextLink to="/zones/$zoneId/transfers" params={params}>
          {HEALTH_LINKS.transfers}
        </TextLink>
      );
    case "held":
      return (
        <TextLink to="/zones/$zoneId/held" params={params}>
          {HEALTH_LINKS.held}
        </TextLink>
      );
    case "ds":
      return (
        <TextLink to="/zones/$zoneId/ds" params={params}>
          {HEALTH_LINKS.ds}
        </TextLink>
      );
    case "onboard":
      return (
        <TextLink to="/onboard" search={{ zone: zoneId } as never}>
          {HEALTH_LINKS.onboard}
        </TextLink>
      );
    default:
      return null;
  }
}
