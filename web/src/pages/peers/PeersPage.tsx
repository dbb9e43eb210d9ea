/** Account ▸ Peers: nameservers that zones come from or are given to. */
import type { Peer, PeerUse, Tsig } from "#contract";
import { useAccountId } from "../../fetch/account.ts";
import { useMay } from "../../fetch/context.ts";
import { useRead, useWrite } from "../../fetch/hooks.ts";
import { Address } from "../../parts/Address.tsx";
import type { Column } from "../../parts/DataTable.tsx";
import { DomainName } from "../../parts/DomainName.tsx";
import { PageTitle } from "../../parts/PageTitle.tsx";
import { RemoveDialog } from "../../parts/RemoveDialog.tsx";
import { ResourceList } from "../../parts/ResourcePage.tsx";
import { TextLink } from "../../parts/TextLink.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { UsedBy } from "../../parts/UsedBy.tsx";
import { PEERS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";
import { printAddress } from "./address.ts";
import { PeerForm } from "./PeerForm.tsx";

export function PeersPage() {
  const accountId = useAccountId();
  const params = { accountId: accountId ?? "" };
  const enabled = accountId !== undefined;
  const peers = useRead("peers.list", { params }, { enabled });
  const tsigs = useRead("tsigs.list", { params }, { enabled });
  const uses = useRead("own.peerUses");
  return (
    <ResourceList
      texts={PEERS}
      read={peers}
      columns={columnsOf(tsigs.data ?? [], uses.data ?? [])}
      nameOf={({ name }) => name}
      mayChange={useMay("operator")}
      heading={(actions) => <PageTitle title={PEERS.title} lead={PEERS.lead} actions={actions} />}
      form={(peer, close) => <PeerForm params={params} peer={peer} tsigs={tsigs.data ?? []} onClose={close} />}
      remove={(peer, close) => (
        <RemovePeer peer={peer} params={params} use={findUse(uses.data ?? [], peer.id)} onClose={close} />
      )}
    />
  );
}

function findUse(uses: readonly PeerUse[], id: string): PeerUse | undefined {
  return uses.find(({ peer_id }) => peer_id === id);
}

function columnsOf(tsigs: readonly Tsig[], uses: readonly PeerUse[]): readonly Column<Peer>[] {
  const { columns } = PEERS;
  return [
    {
      head: columns.name,
      cell: ({ id, name }) => (
        <TextLink to="/account/peers/$peerId" params={{ peerId: id }}>
          {name}
        </TextLink>
      ),
    },
    { head: columns.address, cell: (peer) => <Address text={printAddress(peer)} /> },
    { head: columns.ixfr, cell: ({ ixfr_enable }) => (ixfr_enable ? PEERS.ixfr.yes : PEERS.ixfr.no) },
    {
      head: columns.tsig,
      cell: ({ tsig_id }) => <DomainName name={tsigs.find(({ id }) => id === tsig_id)?.name ?? PEERS.noTsig} />,
    },
    {
      head: columns.uses,
      cell: ({ id }) => {
        const use = findUse(uses, id);
        return <UsedBy names={use?.zones ?? []} total={use?.zone_count ?? 0} />;
      },
    },
  ];
}

type RemoveProps = {
  readonly peer: Peer;
  readonly params: { readonly accountId: string };
  readonly use: PeerUse | undefined;
  readonly onClose: () => void;
};

function RemovePeer({ peer, params, use, onClose }: RemoveProps) {
  const toast = useToast();
  const removal = useWrite("peers.delete", { changes: ["peers.list", "own.peerUses"] });
  const remove = () =>
    removal.mutate(
      { params: { ...params, peerId: peer.id } },
      {
        onSuccess: () => {
          toast(COMMON.deleted(peer.name));
          onClose();
        },
      },
    );
  return (
    <RemoveDialog name={peer.name} onClose={onClose} onConfirm={remove} removal={removal}>
      <p>
        {PEERS.usedBy}: <UsedBy names={use?.zones ?? []} total={use?.zone_count ?? 0} />
      </p>
      <p>{PEERS.removing}</p>
    </RemoveDialog>
  );
}
