/** Makes a TSIG, with a secret made here when none is given; or changes one. */
import { TSIG_ALGORITHMS } from "virtual:contract";
import type { Tsig } from "#contract";
import { SelectField } from "../../parts/entry-fields.tsx";
import type { FormFields } from "../../parts/Form.tsx";
import { FormDialog } from "../../parts/FormDialog.tsx";
import { PasswordField, TextField } from "../../parts/fields.tsx";
import { useSave } from "../../parts/useSave.ts";
import { TSIGS } from "../../texts/account.ts";
import { COMMON } from "../../texts/common.ts";

type TsigFormProps = {
  readonly params: { readonly accountId: string };
  readonly tsig: Tsig | undefined;
  readonly onClose: () => void;
};

const ROUTES = { create: "tsigs.create", update: "tsigs.update", changes: ["tsigs.list"] } as const;

export function TsigForm({ params, tsig, onClose }: TsigFormProps) {
  const { save, ...sent } = useSave(ROUTES, onClose);
  const submit = (fields: FormFields) => {
    const body = {
      name: fields.text("name"),
      algo: fields.text("algorithm"),
      secret: fields.text("secret") || makeSecret(),
    };
    const update = tsig && { params: { ...params, tsigId: tsig.id }, body };
    save({ name: body.name, create: { params, body }, update });
  };
  const { fields } = TSIGS;
  return (
    <FormDialog
      title={tsig ? TSIGS.edit(tsig.name) : TSIGS.add}
      action={tsig ? COMMON.save : TSIGS.add}
      onClose={onClose}
      onSubmit={submit}
      failed={TSIGS.notSaved}
      {...sent}
    >
      <TextField
        name="name"
        label={fields.name}
        description={fields.nameHint}
        defaultValue={tsig?.name}
        required
        spellCheck={false}
        data-autofocus
      />
      <SelectField
        name="algorithm"
        at="/algo"
        label={fields.algorithm}
        defaultValue={tsig?.algo ?? TSIG_ALGORITHMS[0]}
        data={[...new Set([...(tsig ? [tsig.algo] : []), ...TSIG_ALGORITHMS])]}
      />
      <PasswordField
        name="secret"
        label={fields.secret}
        description={tsig ? fields.secretEdit : fields.secretHint}
        defaultValue={tsig?.secret}
        required={tsig !== undefined}
        autoComplete="off"
      />
    </FormDialog>
  );
}

/** As long as the largest digest (RFC 8945 section 8 asks for that of the algorithm). */
const SECRET_OCTETS = 64;

function makeSecret(): string {
  const octets = crypto.getRandomValues(new Uint8Array(SECRET_OCTETS));
  return btoa(String.fromCharCode(...octets));
}
