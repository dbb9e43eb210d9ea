/** Alerts: policies, destinations, deliveries. */
import type { HandlersOf } from "../call.ts";

export const alertHandlers: HandlersOf<"alerts"> = {
  "alerts.list": async ({ service }) => service.listAlertPolicies(),
  "alerts.create": async ({ service, body }) => service.createAlertPolicy(body),
  "alerts.get": async ({ service, params: p }) => service.getAlertPolicy(p["policyId"]!),
  "alerts.update": async ({ service, params: p, body }) => service.updateAlertPolicy(p["policyId"]!, body),
  "alerts.delete": async ({ service, params: p }) => service.deleteAlertPolicy(p["policyId"]!),
  "alerts.destinations.list": async ({ service }) => service.listAlertDestinations(),
  "alerts.destinations.create": async ({ service, body }) => service.createAlertDestination(body),
  "alerts.destinations.get": async ({ service, params: p }) => service.getAlertDestination(p["destinationId"]!),
  "alerts.destinations.update": async ({ service, params: p, body }) =>
    service.updateAlertDestination(p["destinationId"]!, body),
  "alerts.destinations.delete": async ({ service, params: p }) => service.deleteAlertDestination(p["destinationId"]!),
  "alerts.destinations.test": async ({ service, params: p }) => service.testAlertDestination(p["destinationId"]!),
  "alerts.deliveries": async ({ service, query }) => service.listAlertDeliveries(query),
};
