/** The version that is held back: why, which records, what is different; served or thrown away by somebody's decision. */
import { Button, Stack } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { HeldVersion } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Card } from "../../parts/Card.tsx";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Facts } from "../../parts/Facts.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { Note } from "../../parts/Note.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { ButtonLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { printSentence, withFullStop, withoutRootDot } from "../../texts/common.ts";
import { HELD } from "../../texts/held.ts";
import { Changes } from "./Changes.tsx";

const route = getRouteApi("/zones/$zoneId");
const LISTED = 50;
const MOST_LISTED = 1000;

export function HeldPage() {
  const { zoneId } = route.useParams();
  const status = useRead("own.status", { params: { zoneId } });
  const [limit, setLimit] = useState(LISTED);
  const read = useRead("own.held", { params: { zoneId }, query: { limit } }, { keepPrevious: true });
  if (read.error?.failure.reason === "held.nothing") {
    return (
      <EmptyState title={HELD.none.title} text={HELD.none.text}>
        <ButtonLink to="/zones/$zoneId/transfers" params={{ zoneId }} variant="default">
          {HELD.none.action}
        </ButtonLink>
      </EmptyState>
    );
  }
  if (read.error) {
    return <ErrorNote title={HELD.failed} failure={read.error.failure} again={() => void read.refetch()} />;
  }
  const held = read.data;
  if (!held || !status.data) return <Loading what={HELD.version} />;
  const { name } = status.data;
  return (
    <>
      <PageTitle
        order={2}
        title={HELD.title}
        windowTitle={HELD.windowTitle(name)}
        lead={HELD.lead(held.serial, held.served_serial)}
        actions={<Decisions held={held} name={name} />}
      />
      <Stack gap="lg">
        <Note tone="warn" title={`${HELD.why}: ${withoutRootDot(held.reason)}`}>
          <p>
            {HELD.advice}: {withFullStop(held.advice)}
          </p>
        </Note>
        <Facts
          facts={[
            [HELD.since, <WhenAgo key="since" time={held.since} />],
            [HELD.step, HELD.steps[held.step] ?? held.step],
            [HELD.code, held.code],
          ]}
        />
        <Failing failing={held.failing} />
        <Card title={HELD.changes} order={3}>
          {held.changes ? (
            <Changes changes={held.changes} onAll={limit < MOST_LISTED ? () => setLimit(MOST_LISTED) : undefined} />
          ) : (
            <p>{HELD.noChanges}</p>
          )}
        </Card>
      </Stack>
    </>
  );
}

function Failing({ failing }: { readonly failing: HeldVersion["failing"] }) {
  if (failing.length === 0) return null;
  return (
    <Card title={HELD.failing(failing.length)} order={3}>
      <Facts
        facts={failing.map(
          ({ owner, type, message }) => [`${owner}${type === null ? "" : ` ${type}`}`, message] as const,
        )}
      />
    </Card>
  );
}

function Decisions({ held, name }: { readonly held: HeldVersion; readonly name: string }) {
  const may = useMay("operator");
  const toast = useToast();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"release" | "drop">();
  const params = { zoneId: held.zone_id };
  const changes = ["own.status", "own.held"] as const;
  const release = useWrite("own.held.release", { changes });
  const drop = useWrite("own.held.drop", { changes });
  if (!may) return null;
  const leave = (text: string) => {
    toast(text);
    void navigate({ to: "/zones/$zoneId/transfers", params });
  };
  const forced = held.release === "force";
  const close = () => setAsking(undefined);
  return (
    <>
      <Button variant="default" onClick={() => setAsking("drop")}>
        {HELD.drop.action}
      </Button>
      {held.release === "no" ? null : (
        <Button color={forced ? "red.8" : undefined} onClick={() => setAsking("release")}>
          {forced ? HELD.release.forced : HELD.release.action}
        </Button>
      )}
      <ConfirmDialog
        opened={asking === "release"}
        onClose={close}
        title={HELD.release.title(held.serial)}
        action={HELD.release.action}
        dangerous={forced}
        typeToConfirm={forced ? { label: `${HELD.release.typed}: ${name}`, text: name } : undefined}
        pending={release.isPending}
        failure={release.error?.failure}
        onConfirm={() =>
          release.mutate(
            { params, body: { force: forced } },
            { onSuccess: ({ served }) => leave(served ? HELD.release.done : HELD.release.going) },
          )
        }
      >
        {forced ? printSentence(held.advice) : HELD.release.text(held.served_serial)}
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === "drop"}
        onClose={close}
        title={HELD.drop.title(held.serial)}
        action={HELD.drop.action}
        pending={drop.isPending}
        failure={drop.error?.failure}
        onConfirm={() => drop.mutate({ params }, { onSuccess: () => leave(HELD.drop.done) })}
      >
        {HELD.drop.text}
      </ConfirmDialog>
    </>
  );
}
