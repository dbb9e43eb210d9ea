/** The way out of DNSSEC while the parent has a DS: begin, wait until the DS is gone, then unsigned; or back. */
import { Button } from "@mantine/core";
import type { Dnssec, ZoneStatus } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Note } from "../../parts/Note.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { SETTINGS } from "../../texts/settings.ts";
import classes from "./SwitchOff.module.css";

const TEXTS = SETTINGS.off;

export function SwitchOff({ status, dnssec }: { readonly status: ZoneStatus; readonly dnssec: Dnssec }) {
  const toast = useToast();
  const edit = useWrite("dnssec.edit", { changes: ["dnssec.get", "own.status"] });
  const params = { zoneId: status.id };
  const leaving = dnssec.status === "pending-disabled" || (dnssec.status === "disabled" && dnssec.modified_on !== null);
  const anchored = status.dnssec.parent.ds.length > 0 || dnssec.status === "active" || dnssec.status === "error";
  if (!leaving && !anchored) return null;
  const set = (to: "active" | "disabled", said: string) =>
    edit.mutate({ params, body: { status: to } }, { onSuccess: () => toast(said) });
  return (
    <div className={classes["off"]}>
      <Note tone={leaving ? "warn" : "quiet"} title={leaving ? TEXTS.running : undefined}>
        <p>{leaving ? TEXTS.runningLead : TEXTS.beginLead}</p>
        {edit.error ? <ErrorNote failure={edit.error.failure} /> : null}
        <div>
          <Button
            size="xs"
            variant="default"
            loading={edit.isPending}
            onClick={() => (leaving ? set("active", TEXTS.kept) : set("disabled", TEXTS.begun))}
          >
            {leaving ? TEXTS.keep : TEXTS.begin}
          </Button>
        </div>
      </Note>
    </div>
  );
}
