/** Makes a peer, or changes one. */
import { Checkbox } from "@mantine/core";
import type { Peer, Tsig } from "#contract";
import { NumberField, SelectField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
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
      <TextField
        name="name"
        label={fields.name}
        description={fields.nameHint}
        defaultValue={peer?.name}
        required
        maxLength={255}
        data-autofocus
      />
      <TextField name="ip" label={fields.ip} description={fields.ipHint} defaultValue={peer?.ip} spellCheck={false} />
      <NumberField
        name="port"
        label={fields.port}
        description={fields.portHint}
        defaultValue={peer?.port || ""}
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
      />
      <Checkbox name="ixfr" label={fields.ixfr} defaultChecked={peer?.ixfr_enable ?? true} />
      <SelectField
        name="tsig"
        at="/tsig_id"
        label={fields.tsig}
        description={fields.tsigHint}
        defaultValue={peer?.tsig_id ?? ""}
        data={[{ value: "", label: PEERS.noTsig }, ...tsigs.map(({ id, name }) => ({ value: id, label: name }))]}
      />
    </FormDialog>
  );
}
