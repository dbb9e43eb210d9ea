/** How a peer is asked: in the clear, or over TLS and whom we believe then; our own certificate; how it has to ask us. */
import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import type { Peer, PeerTransport } from "#contract";
import { useWrite } from "../../fetch/hooks.ts";
import { AreaField, NumberField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { TextField } from "../../parts/fields.tsx";
import { useToast } from "../../parts/toasts.tsx";
import { COMMON } from "../../texts/common.ts";
import { PEER } from "../../texts/peer.ts";
import { PemField } from "./PemField.tsx";

type Mode = PeerTransport["mode"];
type Own = keyof typeof WORDS.ownChoices;

const WORDS = PEER.form;
const MODES = Object.keys(PEER.modes) as Mode[];
const TLS_PORT = 853;

export type TransportFormProps = {
  readonly peer: Peer;
  readonly transport: PeerTransport;
  readonly onClose: () => void;
};

export function TransportForm({ peer, transport, onClose }: TransportFormProps) {
  const toast = useToast();
  const set = useWrite("transport.set", { changes: ["transport.get"] });
  const [mode, setMode] = useState<Mode>(transport.mode);
  const [own, setOwn] = useState<Own>(transport.client_certificate ? "keep" : "none");
  const submit = (fields: FormFields) => {
    const asks = { names: linesOf(fields.text("asksNames")), pins: linesOf(fields.text("asksPins")) };
    const body = {
      mode,
      ...(mode === "clear" ? {} : readTls(fields, mode, own)),
      asks_as: asks.names.length + asks.pins.length === 0 ? null : asks,
    };
    const onSuccess = () => {
      toast(PEER.transport.saved);
      onClose();
    };
    set.mutate({ params: { peerId: peer.id }, body }, { onSuccess });
  };
  return (
    <FormDialog
      title={WORDS.title(peer.name)}
      action={COMMON.save}
      onClose={onClose}
      onSubmit={submit}
      pending={set.isPending}
      failed={PEER.transport.notSaved}
      {...(set.error && { failure: set.error.failure })}
    >
      <Radio.Group aria-label={PEER.transport.mode} value={mode} onChange={(value) => setMode(value as Mode)}>
        <Stack gap="xs">
          {MODES.map((each) => (
            <Radio key={each} value={each} label={PEER.modes[each].name} description={PEER.modes[each].means} />
          ))}
        </Stack>
      </Radio.Group>
      {mode === "clear" ? null : (
        <>
          <BelievedFields mode={mode} transport={transport} />
          <OwnFields own={own} onOwn={setOwn} isSet={transport.client_certificate !== null} />
        </>
      )}
      <AskingFields asks={transport.asks_as} />
    </FormDialog>
  );
}

type BelievedProps = { readonly mode: Mode; readonly transport: PeerTransport };

function BelievedFields({ mode, transport }: BelievedProps) {
  return (
    <>
      <NumberField
        name="port"
        label={PEER.transport.port}
        defaultValue={transport.mode === "clear" ? TLS_PORT : transport.port}
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
        maw="10rem"
      />
      {mode === "strict" ? (
        <>
          <TextField
            name="host"
            at="/host_name"
            label={WORDS.hostName}
            description={WORDS.hostNameHint}
            defaultValue={transport.host_name ?? ""}
            required
            spellCheck={false}
          />
          <PemField
            name="ca"
            at="/ca_pem"
            label={WORDS.ca}
            description={WORDS.caHint}
            initial={transport.ca_pem ?? ""}
          />
        </>
      ) : null}
      {mode === "opportunistic" ? null : (
        <AreaField
          name="pins"
          label={mode === "strict" ? WORDS.pinsToo : WORDS.pins}
          description={WORDS.pinsHint}
          defaultValue={transport.pins.join("\n")}
          required={mode === "pinned"}
          autosize
          minRows={mode === "pinned" ? 2 : 1}
          spellCheck={false}
        />
      )}
    </>
  );
}

type OwnProps = { readonly own: Own; readonly onOwn: (own: Own) => void; readonly isSet: boolean };

function OwnFields({ own, onOwn, isSet }: OwnProps) {
  const choices: readonly Own[] = isSet ? ["keep", "none", "new"] : ["none", "new"];
  return (
    <>
      <Radio.Group label={WORDS.own} value={own} onChange={(value) => onOwn(value as Own)}>
        <Stack gap="xs" mt="xs">
          {choices.map((each) => (
            <Radio key={each} value={each} label={WORDS.ownChoices[each]} />
          ))}
        </Stack>
      </Radio.Group>
      {own === "new" ? (
        <>
          <PemField name="ownPem" at="/client_certificate/pem" label={WORDS.ownPem} required />
          <PemField
            name="ownKey"
            at="/client_certificate/private_key_pem"
            label={WORDS.ownKey}
            description={WORDS.ownKeyHint}
            required
          />
        </>
      ) : null}
    </>
  );
}

function AskingFields({ asks }: { readonly asks: PeerTransport["asks_as"] }) {
  return (
    <fieldset className="cs-fieldset">
      <legend>{WORDS.asksAs}</legend>
      <p>{WORDS.asksAsHint}</p>
      <Stack gap="sm">
        <AreaField
          name="asksNames"
          at="/asks_as/names"
          label={WORDS.asksNames}
          defaultValue={asks?.names.join("\n")}
          autosize
          minRows={1}
          spellCheck={false}
        />
        <AreaField
          name="asksPins"
          at="/asks_as/pins"
          label={WORDS.asksPins}
          defaultValue={asks?.pins.join("\n")}
          autosize
          minRows={1}
          spellCheck={false}
        />
      </Stack>
    </fieldset>
  );
}

/** What is left out stays: our own certificate, when it is kept. */
function readTls(fields: FormFields, mode: Exclude<Mode, "clear">, own: Own) {
  const port = Number(fields.text("port") || TLS_PORT);
  const identity = { pem: fields.text("ownPem"), private_key_pem: fields.text("ownKey") };
  return {
    port,
    ...(mode === "strict" && { host_name: fields.text("host"), ca_pem: fields.text("ca") || null }),
    ...(mode !== "opportunistic" && { pins: linesOf(fields.text("pins")) }),
    ...(own !== "keep" && { client_certificate: own === "new" ? identity : null }),
  };
}

function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((line) => line !== "");
}
