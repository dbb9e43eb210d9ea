/** The HTTP face: the provider's API, Countersign's own resources, health, metrics, the dashboard's files. The door of the room. */
export { type ApiOptions, buildApi } from "./server.ts";
export { type ApiTls, renewTls } from "./tls.ts";
