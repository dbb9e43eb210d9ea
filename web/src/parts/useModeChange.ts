/** What a change of signing mode would do and whether it may be made (#guide), and making it, call by call. */
import { useState } from "react";
import { type ModeFacts, type ModePlan, type ModeStep, type ModeWish, planMode } from "#guide";
import { useRead, useWrite } from "../fetch/hooks.ts";
import { CallFailed, type Failure } from "../fetch/result.ts";

export type ModeChange = {
  /** Undefined until the zone's state is known. */
  readonly facts: ModeFacts | undefined;
  readonly plan: (wish: ModeWish, force?: boolean) => ModePlan | undefined;
  /** True when all steps were done. */
  readonly make: (steps: readonly ModeStep[]) => Promise<boolean>;
  readonly pending: boolean;
  readonly failure: Failure | undefined;
};

/** Their answers change with the mode. */
const CHANGES = ["dnssec.get", "own.status", "own.settings.get", "own.multiSigner", "dnssec.zsk"] as const;

export function useModeChange(zoneId: string): ModeChange {
  const params = { zoneId };
  const facts = useModeFacts(zoneId);
  const edit = useWrite("dnssec.edit", { changes: CHANGES });
  const remove = useWrite("dnssec.delete", { changes: CHANGES });
  const settings = useWrite("own.settings.edit", { changes: CHANGES });
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const perform = (step: ModeStep): Promise<unknown> => {
    if (step.kind === "edit") return edit.mutateAsync({ params, body: step.edit });
    if (step.kind === "delete") return remove.mutateAsync({ params });
    return settings.mutateAsync({ params, body: { denial: step.denial } });
  };
  return {
    facts,
    pending,
    failure,
    plan: (wish, force) => facts && planMode(facts, wish, force),
    async make(steps) {
      setPending(true);
      setFailure(undefined);
      try {
        for (const step of steps) await perform(step);
        return true;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        setFailure(error.failure);
        return false;
      } finally {
        setPending(false);
      }
    },
  };
}

function useModeFacts(zoneId: string): ModeFacts | undefined {
  const params = { zoneId };
  const { data: dnssec } = useRead("dnssec.get", { params });
  const { data: seen } = useRead("own.multiSigner", { params });
  const { data: status } = useRead("own.status", { params });
  if (!dnssec || !seen || !status) return undefined;
  const dsOf = (whose: "ours" | "partner") => seen.ds.some((ds) => ds.whose === whose && ds.at_parent === true);
  const ownZsks = seen.keys.filter((key) => key.whose === "ours" && key.role === "zsk");
  return {
    dnssec,
    parentHasDs: status.dnssec.parent.ds.length > 0 || ["active", "pending-disabled", "error"].includes(dnssec.status),
    parentHasOurs: dsOf("ours"),
    parentHasPrimarys: dsOf("partner"),
    primaryHasOurZsk: ownZsks.length > 0 && ownZsks.every((key) => key.transferred),
  };
}
