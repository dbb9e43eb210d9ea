/** An address with its port: of IPv4 on one line, of IPv6 broken at its colons where it has to be. */
import { Fragment } from "react";

/** `127.0.0.1:53`, `[2001:db8::1]:53`, or either without a port. */
export function Address({ text }: { readonly text: string }) {
  const isShort = text.split(":").length <= 2;
  if (isShort) return <span className="cs-whole">{text}</span>;
  return text.split(/(?<=:)/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat, and stay in their places.
    <Fragment key={i}>
      {i === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}
