/** Makes a destination, or changes one: a webhook or mail. A secret that is there already is kept when the field stays empty. */
import { NativeSelect, NumberInput, PasswordInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AlertDestination } from "#contract";
import { type Failure, faultAt } from "../../fetch/result.ts";
import { FormDialog, type FormFields } from "../../parts/FormDialog.tsx";
import { useSave } from "../../parts/useSave.ts";
import { COMMON } from "../../texts/common.ts";
import { DESTINATIONS } from "../../texts/notifications.ts";

type Kind = AlertDestination["kind"];
type Security = keyof typeof DESTINATIONS.security;
type FormProps = { readonly destination: AlertDestination | undefined; readonly onClose: () => void };

const ROUTES = {
  create: "alerts.destinations.create",
  update: "alerts.destinations.update",
  changes: ["alerts.destinations.list"],
} as const;

const SUBMISSION_PORT = 587;

export function DestinationForm({ destination, onClose }: FormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const [kind, setKind] = useState<Kind>(destination?.kind ?? "webhook");
  const submit = (fields: FormFields) => {
    const secret = fields.exact("secret");
    const body = {
      name: fields.text("name"),
      ...(kind === "webhook" ? { webhook: { url: fields.text("url") } } : { smtp: readSmtp(fields) }),
      ...(secret !== "" && { secret }),
    };
    const update = destination && { params: { destinationId: destination.id }, body };
    save({ name: body.name, create: { body }, update });
  };
  return (
    <FormDialog
      title={destination ? DESTINATIONS.edit(destination.name) : DESTINATIONS.add}
      action={destination ? COMMON.save : DESTINATIONS.add}
      onClose={onClose}
      onSubmit={submit}
      failed={DESTINATIONS.notSaved}
      {...sent}
    >
      <TextInput
        name="name"
        error={faultAt(sent.failure, "/name")}
        label={DESTINATIONS.fields.name}
        defaultValue={destination?.name}
        required
        data-autofocus
      />
      <SegmentedControl
        aria-label={DESTINATIONS.fields.kind}
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        data={(["webhook", "smtp"] as const).map((value) => ({ value, label: DESTINATIONS.kinds[value] }))}
      />
      {kind === "webhook" ? (
        <WebhookFields destination={destination} failure={sent.failure} />
      ) : (
        <SmtpFields destination={destination} failure={sent.failure} />
      )}
    </FormDialog>
  );
}

function readSmtp(fields: FormFields) {
  const username = fields.text("username");
  return {
    host: fields.text("host"),
    port: Number(fields.text("port")),
    security: fields.text("security") as Security,
    ...(username !== "" && { username }),
    from: fields.text("from"),
    to: fields
      .text("to")
      .split(/[\s,]+/)
      .filter((address) => address !== ""),
  };
}

type FieldsProps = Pick<FormProps, "destination"> & { readonly failure: Failure | undefined };

function WebhookFields({ destination, failure }: FieldsProps) {
  const { fields } = DESTINATIONS;
  return (
    <>
      <TextInput
        name="url"
        error={faultAt(failure, "/webhook/url")}
        type="url"
        label={fields.url}
        description={fields.urlHint}
        defaultValue={destination?.webhook?.url}
        required
      />
      <PasswordInput
        name="secret"
        error={faultAt(failure, "/secret")}
        label={fields.webhookSecret}
        description={destination?.has_secret ? fields.keep : fields.webhookSecretHint}
        required={!destination?.has_secret}
        minLength={16}
        autoComplete="off"
      />
    </>
  );
}

function SmtpFields({ destination, failure }: FieldsProps) {
  const { fields, security } = DESTINATIONS;
  const smtp = destination?.smtp;
  const ways = Object.entries(security).map(([value, label]) => ({ value, label }));
  return (
    <>
      <TextInput
        name="host"
        error={faultAt(failure, "/smtp/host")}
        label={fields.host}
        defaultValue={smtp?.host}
        required
        spellCheck={false}
      />
      <NumberInput
        name="port"
        error={faultAt(failure, "/smtp/port")}
        label={fields.port}
        defaultValue={smtp?.port ?? SUBMISSION_PORT}
        min={1}
        max={65_535}
        hideControls
        required
      />
      <NativeSelect name="security" label={fields.security} defaultValue={smtp?.security ?? "starttls"} data={ways} />
      <TextInput
        name="username"
        error={faultAt(failure, "/smtp/username")}
        label={fields.username}
        defaultValue={smtp?.username ?? ""}
        autoComplete="off"
      />
      <PasswordInput
        name="secret"
        error={faultAt(failure, "/secret")}
        label={fields.password}
        autoComplete="off"
        {...(destination?.has_secret && { description: fields.keep })}
      />
      <TextInput
        name="from"
        error={faultAt(failure, "/smtp/from")}
        type="email"
        label={fields.from}
        defaultValue={smtp?.from}
        required
      />
      <Textarea
        name="to"
        error={faultAt(failure, "/smtp/to")}
        label={fields.to}
        defaultValue={smtp?.to.join("\n")}
        autosize
        minRows={2}
        required
        spellCheck={false}
      />
    </>
  );
}
