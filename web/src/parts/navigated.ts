/** Whether one came to the present page from another one of the dashboard, and not by loading it. */
import { createContext, type RefObject, use } from "react";

export const NavigatedContext = createContext<RefObject<boolean>>({ current: false });

export function useNavigated(): RefObject<boolean> {
  return use(NavigatedContext);
}
