/** Alerts: policies, destinations, deliveries. */
import {
  AlertDeliveriesQuery,
  AlertDelivery,
  AlertDestination,
  AlertDestinationWrite,
  AlertPolicy,
  AlertPolicyWrite,
  AlertTest,
} from "../alert.ts";
import { Deleted } from "../common.ts";
import { OWN, type Route, route } from "./route.ts";

const ALERTS = `${OWN}/alerts`;
const ALERT_POLICY = `${ALERTS}/{policyId}`;
const ALERT_DESTINATION = `${ALERTS}/destinations/{destinationId}`;

export const alertsRoutes = {
  "alerts.list": route("GET", ALERTS, "Alert policies", "list", AlertPolicy),
  "alerts.create": route("POST", ALERTS, "Create a policy", "one", AlertPolicy, { body: AlertPolicyWrite }),
  "alerts.destinations.list": route(
    "GET",
    `${ALERTS}/destinations`,
    "Destinations of alerts",
    "list",
    AlertDestination,
  ),
  "alerts.destinations.create": route("POST", `${ALERTS}/destinations`, "Create one", "one", AlertDestination, {
    body: AlertDestinationWrite,
  }),
  "alerts.destinations.get": route("GET", ALERT_DESTINATION, "Destination", "one", AlertDestination),
  "alerts.destinations.update": route("PUT", ALERT_DESTINATION, "Replace it", "one", AlertDestination, {
    body: AlertDestinationWrite,
  }),
  "alerts.destinations.delete": route("DELETE", ALERT_DESTINATION, "Delete it", "one", Deleted),
  "alerts.destinations.test": route("POST", `${ALERT_DESTINATION}/test`, "Send a test now", "one", AlertTest),
  "alerts.deliveries": route(
    "GET",
    `${ALERTS}/deliveries`,
    "Alerts sent and waiting, newest first",
    "list",
    AlertDelivery,
    {
      query: AlertDeliveriesQuery,
    },
  ),
  "alerts.get": route("GET", ALERT_POLICY, "Policy", "one", AlertPolicy),
  "alerts.update": route("PUT", ALERT_POLICY, "Replace a policy", "one", AlertPolicy, { body: AlertPolicyWrite }),
  "alerts.delete": route("DELETE", ALERT_POLICY, "Delete a policy", "one", Deleted),
} as const satisfies Record<string, Route>;
