/** The zones that a catalog names, or named: served, kept for a while, refused; a hundred thousand are scrolled. */
import { Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useState } from "react";
import type { Catalog, CatalogMember } from "#contract";
import { useMay } from "../../fetch/context.ts";
import { useListWindow, useWrite } from "../../fetch/hooks.ts";
import { useAddressState } from "../../parts/address-state.ts";
import { Card } from "../../parts/Card.tsx";
import { ConfirmDialog } from "../../parts/ConfirmDialog.tsx";
import { EmptyState } from "../../parts/EmptyState.tsx";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Loading } from "../../parts/Loading.tsx";
import { SparseTable } from "../../parts/SparseTable.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { CATALOG } from "../../texts/catalogs.ts";
import { COMMON, printSentence } from "../../texts/common.ts";
import classes from "./Catalogs.module.css";
import { MEMBER_TONES } from "./tones.ts";

const WORDS = CATALOG.members;
const PER_PAGE = 200;
const ROW = 56;
/** On phones and tablets the reason stands below the name. */
const TALL_ROW = 92;
const WIDE = "(min-width: 62em)";

const STATES = ["member", "kept", "refused"] as const;

export function Members({ catalog }: { readonly catalog: Catalog }) {
  const [address, setAddress] = useAddressState();
  const state = STATES.find((each) => each === address["show"]);
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const [going, setGoing] = useState<CatalogMember>();
  const mayDelete = useMay("operator");
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const members = useListWindow(
    "catalogs.members",
    { params: { catalogId: catalog.id }, query: state ? { state } : {} },
    { perPage: PER_PAGE, ...sight },
  );
  const { columns } = WORDS;
  return (
    <Card title={WORDS.title}>
      {catalog.role === "producer" ? null : (
        <SegmentedControl
          className={classes["filter"]}
          aria-label={WORDS.filter}
          value={state ?? "all"}
          onChange={(show) => setAddress({ show: show === "all" ? undefined : show })}
          data={(["all", ...STATES] as const).map((value) => ({ value, label: WORDS.filters[value] }))}
        />
      )}
      {catalog.kept > 0 && state !== "refused" && state !== "member" ? (
        <p className={classes["about"]}>{WORDS.aboutKept}</p>
      ) : null}
      {state === "refused" && catalog.refused > 0 ? <p className={classes["about"]}>{WORDS.aboutRefused}</p> : null}
      {members.error ? (
        <ErrorNote title={WORDS.failed} failure={members.error.failure} again={() => void members.again()} />
      ) : members.isPending ? (
        <Loading what={WORDS.title} />
      ) : members.total === 0 ? (
        state === undefined ? (
          <EmptyState heading={3} title={WORDS.none.title} text={WORDS.none[catalog.role]} />
        ) : (
          <p className={classes["about"]}>{WORDS.noneFound}</p>
        )
      ) : (
        <SparseTable
          label={WORDS.found(members.total)}
          columns={[columns.name, columns.state, columns.groups, columns.why]}
          gridClass={classes["grid"]}
          total={members.total}
          rowAt={members.rowAt}
          onSight={onSight}
          rowHeight={wide ? ROW : TALL_ROW}
          cells={(member) => cellsOf(member, mayDelete ? setGoing : undefined)}
        />
      )}
      {going === undefined ? null : <DeleteMember member={going} onClose={() => setGoing(undefined)} />}
    </Card>
  );
}

function cellsOf(member: CatalogMember, onDelete: ((member: CatalogMember) => void) | undefined) {
  const { name, zone_id: zoneId, state, groups } = member;
  return [
    zoneId === null ? (
      <span key="name" title={name}>
        {name}
      </span>
    ) : (
      <TextLink key="name" to="/zones/$zoneId" params={{ zoneId }} title={name}>
        {name}
      </TextLink>
    ),
    <StateBadge key="state" tone={MEMBER_TONES[state]}>
      {WORDS.states[state]}
    </StateBadge>,
    <span key="groups">{groups.join(", ") || WORDS.noGroup}</span>,
    <Why key="why" member={member} onDelete={onDelete} />,
  ];
}

type WhyProps = {
  readonly member: CatalogMember;
  readonly onDelete: ((member: CatalogMember) => void) | undefined;
};

function Why({ member, onDelete }: WhyProps) {
  const { name, refusal, kept_until: until } = member;
  if (refusal) {
    const sentence = printSentence(refusal.message);
    return (
      <span className={classes["refusal"]} title={sentence}>
        {sentence}
      </span>
    );
  }
  if (until === null) return null;
  return (
    <span className={classes["why"]}>
      {WORDS.goes} <WhenAgo time={until} />
      {onDelete ? (
        <Button variant="default" size="compact-sm" aria-label={WORDS.deleteOne(name)} onClick={() => onDelete(member)}>
          {WORDS.deleteNow}
        </Button>
      ) : null}
    </span>
  );
}

type DeleteProps = { readonly member: CatalogMember; readonly onClose: () => void };

function DeleteMember({ member: { name, zone_id: zoneId }, onClose }: DeleteProps) {
  const toast = useToast();
  const removal = useWrite("zones.delete", { changes: ["catalogs.get", "catalogs.members", "own.zones"] });
  const remove = () =>
    removal.mutate(
      { params: { zoneId: zoneId ?? "" } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(name));
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      opened
      dangerous
      title={COMMON.deleteQuestion(name)}
      action={WORDS.deleteNow}
      onClose={onClose}
      onConfirm={remove}
      pending={removal.isPending}
      typeToConfirm={{ label: WORDS.typed(name), text: name }}
      {...(removal.error && { failure: removal.error.failure })}
    >
      <p>{WORDS.deleting}</p>
    </ConfirmDialog>
  );
}
