/** Makes a peer, or changes one. */
import { Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { Peer, Tsig } from "#contract";
import { faultAt } from "../../fetch/result.ts";
import { FormDialog, type FormFields } from "../../parts/FormDialog.tsx";
import { useSave } from "../../parts/useSave.ts";
import { PEERS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";

type PeerFormProps = {
  readonly params: { readonly accountId: string };
  readonly peer: Peer | undefined;
  readonly tsigs: readonly Tsig[];
  readonly onClose: () => void;
};

const ROUTES = { create: "peers.create", update: "peers.update", changes: ["peers.list", "own.peerUses"] } as const;

export function PeerForm({ params, peer, tsigs, onClose }: PeerFormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const submit = (fields: FormFields) => {
    const port = fields.text("port");
    const body = {
      name: fields.text("name"),
      ip: fields.text("ip"),
      port: port === "" ? 0 : Number(port),
      ixfr_enable: fields.checked("ixfr"),
      tsig_id: fields.text("tsig") || null,
    };
    const update = peer && { params: { ...params, peerId: peer.id }, body };
    save({ name: body.name, create: { params, body }, update });
  };
  const { fields } = PEERS;
  return (
    <FormDialog
      title={peer ? PEERS.edit(peer.name) : PEERS.add}
      action={peer ? COMMON.save : PEERS.add}
      onClose={onClose}
      onSubmit={submit}
      failed={PEERS.notSaved}
      {...sent}
    >
      <TextInput
        name="name"
        error={faultAt(sent.failure, "/name")}
        label={fields.name}
        description={fields.nameHint}
        defaultValue={peer?.name}
        required
        maxLength={255}
        data-autofocus
      />
      <TextInput
        name="ip"
        error={faultAt(sent.failure, "/ip")}
        label={fields.ip}
        description={fields.ipHint}
        defaultValue={peer?.ip}
        spellCheck={false}
      />
      <NumberInput
        name="port"
        error={faultAt(sent.failure, "/port")}
        label={fields.port}
        description={fields.portHint}
        defaultValue={peer?.port || ""}
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
      />
      <Checkbox name="ixfr" label={fields.ixfr} defaultChecked={peer?.ixfr_enable ?? true} />
      <NativeSelect
        name="tsig"
        error={faultAt(sent.failure, "/tsig_id")}
        label={fields.tsig}
        description={fields.tsigHint}
        defaultValue={peer?.tsig_id ?? ""}
        data={[{ value: "", label: PEERS.noTsig }, ...tsigs.map(({ id, name }) => ({ value: id, label: name }))]}
      />
    </FormDialog>
  );
}
