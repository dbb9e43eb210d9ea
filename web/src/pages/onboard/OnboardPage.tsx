/** "Onboard a domain": a step at a time; the address says which zone and which step, so that one can leave and come back. */
import { useCallback } from "react";
import type { ZoneStatus } from "#contract";
import { useRead } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import { ZONE } from "../../texts/zone.ts";
import { DsStep } from "./DsStep.tsx";
import { LinesStep } from "./LinesStep.tsx";
import { ModeStep } from "./ModeStep.tsx";
import { NameStep } from "./NameStep.tsx";
import classes from "./OnboardPage.module.css";
import { PrimaryStep } from "./PrimaryStep.tsx";
import { ReviewStep } from "./ReviewStep.tsx";
import { Stepper } from "./Stepper.tsx";
import { currentStep, furthestStep, type StepName } from "./steps.ts";
import { TransferStep } from "./TransferStep.tsx";

/** While a transfer is awaited the status is looked at as often; else events tell. */
const WATCH_SECONDS = 2;

export function OnboardPage() {
  const [address, setAddress] = useAddressState();
  const { zone: zoneId, peer: peerId, step: wanted, program } = address;
  const read = useRead(
    "own.status",
    { params: { zoneId: zoneId ?? "" } },
    { enabled: zoneId !== undefined, refreshSeconds: wanted === "transfer" ? WATCH_SECONDS : undefined },
  );
  const goTo = useCallback((step: StepName) => setAddress({ step }), [setAddress]);
  const status = zoneId === undefined ? undefined : read.data;
  if (zoneId !== undefined && !status) {
    if (!read.error) return <Loading what={ZONE.zone} />;
    return <ErrorNote title={ZONE.failed} failure={read.error.failure} again={() => void read.refetch()} />;
  }
  const place = { zoneId, peerId, wanted, status };
  const step = currentStep(place);
  return (
    <>
      <PageTitle title={status ? ONBOARD.titleOf(status.name) : ONBOARD.title} lead={ONBOARD.lead} />
      <div className={classes["page"]}>
        <Stepper current={step} furthest={furthestStep(place)} onStep={goTo} />
        <div className={classes["step"]}>
          {status === undefined ? (
            <NameStep onZone={(zone) => setAddress({ zone, step: "primary" })} />
          ) : (
            <ZoneStep
              key={step}
              step={step}
              status={status}
              peerId={peerId ?? status.peers[0]?.id}
              program={program}
              setAddress={setAddress}
              goTo={goTo}
            />
          )}
        </div>
      </div>
    </>
  );
}

type ZoneStepProps = {
  readonly step: StepName;
  readonly status: ZoneStatus;
  readonly peerId: string | undefined;
  readonly program: string | undefined;
  readonly setAddress: (change: { readonly peer: string; readonly program: string; readonly step: string }) => void;
  readonly goTo: (step: StepName) => void;
};

function ZoneStep({ step, status, peerId, program, setAddress, goTo }: ZoneStepProps) {
  switch (step) {
    case "name":
    case "primary":
      return (
        <PrimaryStep status={status} onPeer={(peer, chosen) => setAddress({ peer, program: chosen, step: "lines" })} />
      );
    case "lines":
      return <LinesStep status={status} peerId={peerId ?? ""} program={program} onStarted={() => goTo("transfer")} />;
    case "transfer":
      return <TransferStep status={status} goTo={goTo} />;
    case "review":
      return <ReviewStep status={status} onDone={() => goTo("mode")} />;
    case "mode":
      return <ModeStep status={status} onDone={() => goTo("ds")} />;
    case "ds":
      return <DsStep status={status} />;
  }
}
