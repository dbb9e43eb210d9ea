/** What a form that makes a thing or changes one does when it is sent: the call, the word that it is saved, the dialog closed. */
import { useWrite } from "../fetch/hooks.ts";
import type { Failure } from "../fetch/result.ts";
import type { CallOptions, JsonRoute, ResultOf } from "../fetch/types.ts";
import { COMMON } from "../texts/common.ts";
import { useToast } from "./toasts.tsx";

export type SaveRoutes<C extends JsonRoute, U extends JsonRoute> = {
  readonly create: C;
  readonly update: U;
  /** Asked again afterwards. */
  readonly changes: readonly JsonRoute[];
};

export type Saved<C extends JsonRoute, U extends JsonRoute> = {
  /** What the thing is called when it is said to be saved. */
  readonly name: string;
  readonly create: CallOptions<C>;
  /** Undefined: a new one. */
  readonly update: CallOptions<U> | undefined;
  /** Instead of the word and the closing, for a new one that has more to show. */
  readonly onMade?: (made: ResultOf<C>) => void;
};

/** `const { save, ...sent } = useSave({ create, update, changes }, onClose)`; `sent` are props of FormDialog. */
export function useSave<C extends JsonRoute, U extends JsonRoute>(routes: SaveRoutes<C, U>, onClose: () => void) {
  const toast = useToast();
  const create = useWrite(routes.create, { changes: routes.changes });
  const update = useWrite(routes.update, { changes: routes.changes });
  const failure: Failure | undefined = (create.error ?? update.error)?.failure;
  const save = (saved: Saved<C, U>): void => {
    const finish = () => {
      toast(COMMON.saved(saved.name));
      onClose();
    };
    if (saved.update) update.mutate(saved.update, { onSuccess: finish });
    else create.mutate(saved.create, { onSuccess: saved.onMade ?? finish });
  };
  return { save, pending: create.isPending || update.isPending, ...(failure && { failure }) };
}
