/** The multi-signer guide: the set-up as steps with what is really seen of each, the keys to hand over, and the way back. */
import { Button, SegmentedControl, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { MultiSigner } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { Card } from "../../parts/Card.tsx";
import { CopyField } from "../../parts/CopyField.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { MULTI_SIGNER } from "../../texts/multi-signer.ts";
import { Steps } from "./Steps.tsx";
import { DsTable, KeyTable, NameServerTable } from "./Tables.tsx";

const route = getRouteApi("/zones/$zoneId");

/** The parent is asked in the background, and waits end by themselves. */
const REFRESH_SECONDS = 5;

export function MultiSignerPage() {
  const { zoneId } = route.useParams();
  const read = useRead("own.multiSigner", { params: { zoneId } }, { refreshSeconds: REFRESH_SECONDS });
  if (read.error) {
    return <ErrorNote title={MULTI_SIGNER.failed} failure={read.error.failure} again={() => void read.refetch()} />;
  }
  const guide = read.data;
  if (!guide) return <Loading what={MULTI_SIGNER.guide} />;
  return (
    <>
      <PageTitle
        order={2}
        title={MULTI_SIGNER.title}
        windowTitle={MULTI_SIGNER.windowTitle(guide.name)}
        lead={MULTI_SIGNER.lead}
      />
      <Stack gap="lg">
        <Standing guide={guide} />
        <Joining guide={guide} />
        <KeyTable keys={guide.keys} />
        <DsTable ds={guide.ds} strange={guide.strange_ds} />
        <NameServerTable names={guide.name_servers} />
        <Parent guide={guide} />
        {guide.mode === "multisigner" ? <Leaving guide={guide} /> : null}
      </Stack>
    </>
  );
}

function Standing({ guide }: { readonly guide: MultiSigner }) {
  if (guide.complete) return <Note tone="good" title={MULTI_SIGNER.complete} />;
  if (guide.mode === "multisigner") return null;
  const words = MULTI_SIGNER.notThisMode;
  return (
    <Note tone="info" title={words.title}>
      <p>{words.text}</p>
      <div>
        <TextLink to="/zones/$zoneId/settings" params={{ zoneId: guide.zone_id }}>
          {words.action}
        </TextLink>
      </div>
    </Note>
  );
}

function Joining({ guide }: { readonly guide: MultiSigner }) {
  const { joining } = guide;
  const done = joining.filter(({ state }) => state === "done").length;
  return (
    <Card title={MULTI_SIGNER.joining} lead={MULTI_SIGNER.progress(done, joining.length)} order={3}>
      <Steps
        steps={joining}
        more={(step) => (step.code === "our-key" && step.state !== "done" ? <HandOver keys={guide.keys} /> : null)}
      />
    </Card>
  );
}

function HandOver({ keys }: { readonly keys: MultiSigner["keys"] }) {
  const ours = keys.filter(({ whose, role }) => whose === "ours" && role === "zsk");
  return ours.map((key) => (
    <CopyField
      key={key.line}
      label={MULTI_SIGNER.handOver(key.key_tag)}
      value={key.line}
      hint={MULTI_SIGNER.handOverHint}
    />
  ));
}

function Parent({ guide }: { readonly guide: MultiSigner }) {
  const may = useMay("operator");
  const toast = useToast();
  const look = useWrite("zones.activationCheck", { changes: ["own.multiSigner"] });
  const { checked_time: checked, error } = guide.parent;
  return (
    <Stack gap="sm">
      <div className="cs-buttons">
        {may ? (
          <Button
            variant="default"
            leftSection={<Icon name="refresh" />}
            loading={look.isPending}
            onClick={() =>
              look.mutate({ params: { zoneId: guide.zone_id } }, { onSuccess: () => toast(MULTI_SIGNER.looking) })
            }
          >
            {MULTI_SIGNER.look}
          </Button>
        ) : null}
        <span>
          {MULTI_SIGNER.parent} <WhenAgo time={checked} />
        </span>
      </div>
      {error ? (
        <Note tone="warn" title={MULTI_SIGNER.parentFailed}>
          <p>{error.message}</p>
        </Note>
      ) : null}
      {look.error ? <ErrorNote failure={look.error.failure} /> : null}
    </Stack>
  );
}

function Leaving({ guide }: { readonly guide: MultiSigner }) {
  const [address, setAddress] = useAddressState();
  const leave = address["leave"];
  const who = leave === "partner" || leave === "we" ? leave : "no";
  return (
    <Card
      title={MULTI_SIGNER.leaving}
      lead={MULTI_SIGNER.leavingLead}
      order={3}
      actions={
        <SegmentedControl
          aria-label={MULTI_SIGNER.who}
          value={who}
          onChange={(leave) => setAddress({ leave: leave === "no" ? undefined : leave })}
          data={Object.entries(MULTI_SIGNER.whoWords).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      {who === "no" ? null : <Steps steps={guide.leaving[who]} />}
    </Card>
  );
}
