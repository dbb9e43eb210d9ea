/** A link to another page of the dashboard, and a button that is one. */
import { Anchor, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";

type Native = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly ref?: Ref<HTMLAnchorElement> };

export const TextLink = createLink((props: Omit<Native, "color" | "style">) => <Anchor underline="hover" {...props} />);

/** Without any style of Mantine's: for rows of long lists, which come and go by the hundred. */
export const BareLink = createLink((props: Native) => <a {...props} />);

export const ButtonLink = createLink(
  (props: Omit<Native, keyof ButtonProps> & ButtonProps & { readonly children?: ReactNode }) => (
    <Button component="a" {...props} />
  ),
);
