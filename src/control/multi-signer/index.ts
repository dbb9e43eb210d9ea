/** Multi-signer set-ups watched and shown: the door of this part of control. */
export { MultiSignerWatch } from "./watch.ts";
