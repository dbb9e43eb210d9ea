/** Short messages that something went well; a live region, so that they are heard too. What failed is said where it failed (ErrorNote). */
import { ActionIcon } from "@mantine/core";
import { createContext, type ReactNode, use, useCallback, useState } from "react";
import { COMMON } from "../texts/common.ts";
import { Icon } from "./Icon.tsx";
import classes from "./toasts.module.css";

type Toast = { readonly id: number; readonly text: string };

const ToastContext = createContext<(text: string) => void>(() => {});

/** Long enough to read; it also goes by its button. */
const SHOWN_MS = 7000;
const MAX_SHOWN = 4;

/** `const toast = useToast(); toast("example.com was deleted.")` */
export function useToast(): (text: string) => void {
  return use(ToastContext);
}

export function Toaster({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const drop = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (text: string) => {
      const id = Date.now() + Math.random();
      setToasts((shown) => [...shown, { id, text }].slice(-MAX_SHOWN));
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return (
    <ToastContext value={add}>
      {children}
      <div className={classes["region"]} role="status" aria-live="polite">
        {toasts.map(({ id, text }) => (
          <div key={id} className={classes["toast"]}>
            <Icon name="check" />
            <span>{text}</span>
            <ActionIcon variant="transparent" color="gray" aria-label={COMMON.dismiss} onClick={() => drop(id)}>
              <Icon name="cross" size={15} />
            </ActionIcon>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
