/** Which registrar it is, searched by name: then what its form asks for, the note about it, and a link to its own page. */
import { FORM_WORDS, REGISTRARS } from "virtual:contract";
import { Anchor, Select } from "@mantine/core";
import type { Registrar } from "#contract";
import { DS } from "../texts/ds-page.ts";
import { useAddressState } from "./address-state.ts";
import { Note } from "./Note.tsx";

export type RegistrarChoiceProps = {
  readonly chosen: Registrar | undefined;
  readonly choose: (id: string | undefined) => void;
};

/** Stands in the address (`?registrar=…`), as the choices of other pages do. */
export function useRegistrar(): readonly [RegistrarChoiceProps["chosen"], RegistrarChoiceProps["choose"]] {
  const [{ registrar }, setAddress] = useAddressState();
  return [REGISTRARS.find(({ id }) => id === registrar), (id) => setAddress({ registrar: id })];
}

export function RegistrarChoice({ chosen, choose }: RegistrarChoiceProps) {
  return (
    <>
      <Select
        label={DS.registrar.label}
        description={DS.registrar.hint}
        placeholder={DS.registrar.placeholder}
        data={REGISTRARS.map(({ id, name }) => ({ value: id, label: name }))}
        value={chosen?.id ?? null}
        onChange={(id) => choose(id ?? undefined)}
        searchable
        clearable
        maw="24rem"
      />
      {chosen ? <About registrar={chosen} /> : null}
    </>
  );
}

function About({ registrar }: { readonly registrar: Registrar }) {
  const { name, form, verified, note, link } = registrar;
  return (
    <Note tone={verified ? "info" : "warn"} title={`${DS.registrar.asks}: ${FORM_WORDS[form]}`}>
      {note === undefined ? null : (
        <p>
          <strong>{note}</strong>
        </p>
      )}
      <p>{verified ? DS.registrar.verified : DS.registrar.unverified}</p>
      <p>
        <Anchor href={link} target="_blank" rel="noreferrer" underline="always">
          {DS.registrar.page(name)}
        </Anchor>
      </p>
    </Note>
  );
}
