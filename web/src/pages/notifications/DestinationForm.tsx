/** Makes a destination, or changes one: a webhook or mail. A secret that is there already is kept when the field stays empty. */
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { AlertDestination } from "#contract";
import { AreaField, NumberField, SelectField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { PasswordField, TextField } from "../../parts/fields.tsx";
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
      <TextField
        name="name"
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
      {kind === "webhook" ? <WebhookFields destination={destination} /> : <SmtpFields destination={destination} />}
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

type FieldsProps = Pick<FormProps, "destination">;

function WebhookFields({ destination }: FieldsProps) {
  const { fields } = DESTINATIONS;
  return (
    <>
      <TextField
        name="url"
        at="/webhook/url"
        type="url"
        label={fields.url}
        description={fields.urlHint}
        defaultValue={destination?.webhook?.url}
        required
      />
      <PasswordField
        name="secret"
        label={fields.webhookSecret}
        description={destination?.has_secret ? fields.keep : fields.webhookSecretHint}
        required={!destination?.has_secret}
        minLength={16}
        autoComplete="off"
      />
    </>
  );
}

function SmtpFields({ destination }: FieldsProps) {
  const { fields, security } = DESTINATIONS;
  const smtp = destination?.smtp;
  const ways = Object.entries(security).map(([value, label]) => ({ value, label }));
  return (
    <>
      <TextField
        name="host"
        at="/smtp/host"
        label={fields.host}
        defaultValue={smtp?.host}
        required
        spellCheck={false}
      />
      <NumberField
        name="port"
        at="/smtp/port"
        label={fields.port}
        defaultValue={smtp?.port ?? SUBMISSION_PORT}
        min={1}
        max={65_535}
        hideControls
        required
      />
      <SelectField
        name="security"
        at="/smtp/security"
        label={fields.security}
        defaultValue={smtp?.security ?? "starttls"}
        data={ways}
      />
      <TextField
        name="username"
        at="/smtp/username"
        label={fields.username}
        defaultValue={smtp?.username ?? ""}
        autoComplete="off"
      />
      <PasswordField
        name="secret"
        label={fields.password}
        autoComplete="off"
        {...(destination?.has_secret && { description: fields.keep })}
      />
      <TextField name="from" at="/smtp/from" type="email" label={fields.from} defaultValue={smtp?.from} required />
      <AreaField
        name="to"
        at="/smtp/to"
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
