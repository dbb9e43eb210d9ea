/** A domain name that breaks at its dots where it has to: "exampl" and "e" on two lines is read as two things. */
import { Fragment } from "react";

export function DomainName({ name }: { readonly name: string }) {
  return name.split(/(?<=\.)(?=.)/).map((label, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat, and stay in their places.
    <Fragment key={i}>
      {i === 0 ? null : <wbr />}
      {label}
    </Fragment>
  ));
}
