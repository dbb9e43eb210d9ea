/** Address, port, IXFR and key of a primary that is not known yet. */
import { Checkbox, Group, Radio, Stack } from "@mantine/core";
import { useRead } from "../../fetch/hooks.ts";
import { NumberField } from "../../parts/entry-fields.tsx";
import { TextField } from "../../parts/fields.tsx";
import { Note } from "../../parts/Note.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import type { KeyChoice, PeerForm } from "./peer-form.ts";

const TEXTS = ONBOARD.primary;

type NewPeerFieldsProps = {
  readonly form: PeerForm;
  readonly onChange: (form: PeerForm) => void;
  readonly accountId: string | undefined;
  /** It knows no TSIG for transfers. */
  readonly windows: boolean;
};

export function NewPeerFields({ form, onChange, accountId, windows }: NewPeerFieldsProps) {
  const params = { accountId: accountId ?? "" };
  const { data: keys = [] } = useRead("tsigs.list", { params }, { enabled: accountId !== undefined });
  return (
    <>
      <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
        <TextField
          name="ip"
          label={TEXTS.address}
          description={TEXTS.addressHint}
          value={form.ip}
          onChange={(event) => onChange({ ...form, ip: event.currentTarget.value })}
          placeholder="192.0.2.53"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          miw="14rem"
        />
        <NumberField
          name="port"
          label={TEXTS.port}
          description={" "}
          value={form.port}
          onChange={(port) => onChange({ ...form, port: Number(port) })}
          min={1}
          max={65_535}
          allowDecimal={false}
          maw="8rem"
          miw="6rem"
        />
      </Group>
      <Checkbox
        label={TEXTS.ixfr}
        description={TEXTS.ixfrHint}
        checked={form.ixfr}
        onChange={(event) => onChange({ ...form, ixfr: event.currentTarget.checked })}
      />
      {windows ? (
        <Note tone="info">{TEXTS.windowsNote}</Note>
      ) : (
        <Radio.Group
          label={TEXTS.security}
          value={form.key}
          onChange={(key) => onChange({ ...form, key: key as KeyChoice })}
        >
          <Stack gap={8} mt={6}>
            <Radio value="make" label={TEXTS.make} description={TEXTS.makeHint} />
            {keys.map(({ id, name }) => (
              <Radio key={id} value={`key:${id}`} label={`${TEXTS.choose}: ${name}`} />
            ))}
            <Radio value="none" label={TEXTS.none} description={TEXTS.noneHint} />
          </Stack>
        </Radio.Group>
      )}
    </>
  );
}
