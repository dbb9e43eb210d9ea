/** Tells operators what happened, by webhook and mail: policies, destinations, an outbox that survives. The door of the room. */
export { type AddressPolicy, makeAddressPolicy } from "./address-policy.ts";
export { AlertCenter, type AlertCenterOptions, type AlertCounts, type Happening } from "./center.ts";
