/** The ways to sign in: at a provider, by email and password, by the admin token. */
import { Button, SegmentedControl, Stack } from "@mantine/core";
import { useId, useState } from "react";
import { useSession } from "../../fetch/context.ts";
import type { Failure } from "../../fetch/result.ts";
import { ErrorNote } from "../../parts/ErrorNote.tsx";
import { Form, type FormFields } from "../../parts/Form.tsx";
import { PasswordField, TextField } from "../../parts/fields.tsx";
import { SIGN_IN } from "../../texts/sign-in.ts";
import { ProviderPart } from "./ProviderPart.tsx";

type Way = "password" | "token";

export function SignInWays() {
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
