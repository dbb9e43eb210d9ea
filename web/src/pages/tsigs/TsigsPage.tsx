/** Account ▸ TSIGs: secrets shared with other nameservers. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { Peer, Tsig } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { CopyField } from "../../parts/CopyField.tsx";
import type { Column } from "../../parts/DataTable.tsx";
import { DomainName } from "../../parts/DomainName.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { UsedBy } from "../../parts/UsedBy.tsx";
import { PEERS, TSIGS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";
import { TsigForm } from "./TsigForm.tsx";

export function TsigsPage() {
  const accountId = useAccountId();
  const params = { accountId: accountId ?? "" };
  const enabled = accountId !== undefined;
  const tsigs = useRead("tsigs.list", { params }, { enabled });
  const peers = useRead("peers.list", { params }, { enabled });
  const mayChange = useMay("operator");
  const usersOf = ({ id }: Tsig) =>
    (peers.data ?? []).filter((peer: Peer) => peer.tsig_id === id).map(({ name }) => name);
  const columns: readonly Column<Tsig>[] = [
    { head: TSIGS.columns.name, cell: ({ name }) => <DomainName name={name} /> },
    { head: TSIGS.columns.algorithm, cell: ({ algo }) => <span className="cs-whole">{algo.replace(/\.$/, "")}</span> },
    { head: TSIGS.columns.uses, cell: (tsig) => <UsedBy names={usersOf(tsig)} /> },
  ];
  return (
    <ResourceList
      texts={TSIGS}
      read={tsigs}
      columns={columns}
      nameOf={({ name }) => name}
      mayChange={mayChange}
      more={(tsig) => (mayChange ? <ShowSecret tsig={tsig} /> : null)}
      heading={(actions) => (
        <PageTitle
          title={TSIGS.title}
          lead={mayChange ? TSIGS.lead : `${TSIGS.lead} ${TSIGS.hidden}`}
          actions={actions}
        />
      )}
      form={(tsig, close) => <TsigForm params={params} tsig={tsig} onClose={close} />}
      remove={(tsig, close) => <RemoveTsig tsig={tsig} params={params} users={usersOf(tsig)} onClose={close} />}
    />
  );
}

function ShowSecret({ tsig }: { readonly tsig: Tsig }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="compact-sm" variant="default" aria-label={TSIGS.showOne(tsig.name)} onClick={() => setOpened(true)}>
        {TSIGS.show}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={TSIGS.secretOf(tsig.name)}
        closeButtonProps={{ "aria-label": COMMON.close }}
      >
        <CopyField label={TSIGS.secret} value={tsig.secret} />
      </Modal>
    </>
  );
}

type RemoveProps = {
  readonly tsig: Tsig;
  readonly params: { readonly accountId: string };
  readonly users: readonly string[];
  readonly onClose: () => void;
};

function RemoveTsig({ tsig, params, users, onClose }: RemoveProps) {
  const toast = useToast();
  const removal = useWrite("tsigs.delete", { changes: ["tsigs.list"] });
  const remove = () =>
    removal.mutate(
      { params: { ...params, tsigId: tsig.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(tsig.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={tsig.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>
        {PEERS.usedBy}: <UsedBy names={users} />
      </p>
      <p>{TSIGS.removing}</p>
    </RemoveDialog>
  );
}
