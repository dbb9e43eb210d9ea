/** Signing in by email and password, or by the admin token: shown in place of any page, so that the address one wanted stays. */
import { Anchor, Button, Modal, SegmentedControl, Stack, Title } from "@mantine/core";
import { useEffect, useId, useState } from "react";
import { useSession } from "../../fetch/context.ts";
import type { Failure } from "../../fetch/result.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form, type FormFields } from "../../parts/Form.tsx";
import { PasswordField, TextField } from "../../parts/fields.tsx";
import { Note } from "../../parts/Note.tsx";
import { SHELL } from "../../texts/shell.ts";
import { SIGN_IN } from "../../texts/sign-in.ts";
import { ProviderPart } from "./ProviderPart.tsx";
import classes from "./SignInPage.module.css";

type Way = "password" | "token";

export type SignInPageProps = {
  readonly expired: boolean;
  /** Of a sign-in at the provider. */
  readonly failure?: Failure;
  /** Where one can sign out at the provider, too. */
  readonly providerUrl?: string;
};

export function SignInPage({ expired, failure, providerUrl }: SignInPageProps) {
  useEffect(() => {
    document.title = `${SIGN_IN.title} · ${SHELL.product}`;
  }, []);
  return (
    <main className={classes["page"]} id="main">
      <div className={classes["box"]}>
        <img src="/icon.svg" alt="" width={44} height={44} />
        <Title order={1}>{SIGN_IN.title}</Title>
        {expired ? <Note tone="info">{SIGN_IN.expired}</Note> : null}
        {failure === undefined ? null : <ErrorNote failure={failure} title={SIGN_IN.failed} />}
        {providerUrl === undefined ? null : (
          <Note tone="info" title={SIGN_IN.signedOut}>
            <p>
              {SIGN_IN.stillThere} <Anchor href={providerUrl}>{SIGN_IN.signOutThere}</Anchor>
            </p>
          </Note>
        )}
        <Ways />
        <p className={classes["hint"]}>{SIGN_IN.firstTime}</p>
      </div>
    </main>
  );
}

/** Over a page whose session ended: the page stays below, with all that was typed in it. */
export function SignInAgain() {
  return (
    <Modal
      opened
      fullScreen
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={SIGN_IN.title}
      zIndex={ABOVE_ALL}
      // Escape is not for a dialog below, which would go with what was typed in it.
      onFocusCapture={({ target }) => target.setAttribute("data-mantine-stop-propagation", "true")}
    >
      <div className={classes["again"]}>
        <Note tone="info">{SIGN_IN.ended}</Note>
        <Ways />
      </div>
    </Modal>
  );
}

const ABOVE_ALL = 1000;

function Ways() {
  const [way, setWay] = useState<Way>("password");
  const label = useId();
  return (
    <>
      <ProviderPart />
      <div>
        <span id={label} className="cs-hidden">
          {SIGN_IN.how}
        </span>
        <SegmentedControl
          fullWidth
          aria-labelledby={label}
          value={way}
          onChange={(value) => setWay(value as Way)}
          data={[
            { value: "password", label: SIGN_IN.byPassword },
            { value: "token", label: SIGN_IN.byToken },
          ]}
        />
      </div>
      <SignInForm key={way} way={way} />
    </>
  );
}

function SignInForm({ way }: { readonly way: Way }) {
  const { signIn } = useSession();
  const [failure, setFailure] = useState<Failure>();
  const [pending, setPending] = useState(false);
  const submit = async (fields: FormFields) => {
    const credentials =
      way === "token"
        ? { token: fields.text("token") }
        : { email: fields.text("email"), password: fields.exact("password") };
    setPending(true);
    const signed = await signIn(credentials);
    setPending(false);
    setFailure(signed.ok ? undefined : signed.failure);
  };
  return (
    <Form onSubmit={(fields) => void submit(fields)}>
      <Stack gap="md">
        {way === "token" ? (
          <PasswordField
            name="token"
            label={SIGN_IN.token}
            description={SIGN_IN.tokenHint}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
        ) : (
          <>
            <TextField
              name="email"
              type="email"
              label={SIGN_IN.email}
              autoComplete="username"
              required
              withAsterisk={false}
            />
            <PasswordField
              name="password"
              label={SIGN_IN.password}
              autoComplete="current-password"
              required
              withAsterisk={false}
            />
          </>
        )}
        {failure === undefined ? null : <ErrorNote failure={failure} title={SIGN_IN.failed} />}
        <Button type="submit" loading={pending} fullWidth>
          {SIGN_IN.action}
        </Button>
      </Stack>
    </Form>
  );
}
