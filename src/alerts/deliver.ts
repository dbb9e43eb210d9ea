/** One try to deliver one letter: by webhook, signed, or by mail. Says what went wrong with a code; nothing secret is in it. */
import { createHmac } from "node:crypto";
import { fail, ok, type Result } from "#bytes";
import type { AlertDestination } from "#contract";
import { findOutboundAddress, postOutbound } from "#net";
import type { AlertDestinationRow } from "#store";
import type { AddressPolicy } from "./address-policy.ts";
import { type Letter, mailSubject, mailText, webhookBody } from "./letter.ts";

export type DeliveryFault = { readonly code: string; readonly text: string };

export type Delivery = {
  readonly destination: AlertDestinationRow;
  readonly letter: Letter;
  readonly deliveryId: string;
  readonly policy: AddressPolicy;
  /** Unix seconds. */
  readonly now: number;
  readonly signal: AbortSignal;
};

const TIMEOUT_MS = 10_000;

export type WebhookSettings = NonNullable<AlertDestination["webhook"]>;
export type SmtpSettings = NonNullable<AlertDestination["smtp"]>;

export function deliver(delivery: Delivery): Promise<Result<true, DeliveryFault>> {
  const { kind, settings } = delivery.destination;
  return kind === "webhook"
    ? deliverWebhook(delivery, settings as WebhookSettings)
    : deliverMail(delivery, settings as SmtpSettings);
}

/** `v1=` HMAC-SHA256 in hex over timestamp, a full stop, body: a receiver refuses old timestamps and compares in constant time. */
export function webhookSignature(secret: string, timestamp: number, body: string): string {
  return `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

async function deliverWebhook(
  delivery: Delivery,
  { url: text }: WebhookSettings,
): Promise<Result<true, DeliveryFault>> {
  const { destination, letter, deliveryId, policy, now, signal } = delivery;
  const url = new URL(text);
  const found = await findOutboundAddress(url.hostname, policy.allows);
  if (!found.ok) return found;
  if (url.protocol === "http:" && !policy.named(found.value)) {
    const hint = "clear text is taken only for addresses in a range of the option alertRanges; use https";
    return fail({ code: "outbound.clear-text", text: hint });
  }
  const body = webhookBody(letter, deliveryId);
  return postOutbound({
    url,
    address: found.value,
    headers: {
      "content-type": "application/json",
      "user-agent": "countersign",
      "countersign-delivery": deliveryId,
      "countersign-timestamp": String(now),
      "countersign-signature": webhookSignature(destination.secret ?? "", now, body),
    },
    body: new TextEncoder().encode(body),
    timeoutMs: TIMEOUT_MS,
    signal,
  });
}

async function deliverMail(delivery: Delivery, settings: SmtpSettings): Promise<Result<true, DeliveryFault>> {
  const { destination, letter, deliveryId, policy } = delivery;
  const { host, port, security, username, from, to } = settings;
  const found = await findOutboundAddress(host, policy.allows);
  if (!found.ok) return found;
  const clear = security === "none";
  if (clear && !policy.named(found.value)) {
    const hint = "clear text is taken only for addresses in a range of the option alertRanges; use starttls or tls";
    return fail({ code: "outbound.clear-text", text: hint });
  }
  // Loaded with the first mail: a start need not wait for it.
  const { createTransport } = await import("nodemailer");
  // To the address that was looked at, with the certificate checked against the name.
  const transport = createTransport({
    host: found.value,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: clear,
    tls: { servername: host, minVersion: "TLSv1.2" },
    ...(username ? { auth: { user: username, pass: destination.secret ?? "" } } : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: mailSubject(letter),
      text: mailText(letter, deliveryId),
      // The same in every try, so that a mail which came twice is known as one.
      messageId: `<${deliveryId}@countersign>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return ok(true);
  } catch (error) {
    const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
    const what = responseCode === undefined ? (code ?? "failed") : `${responseCode} to ${command ?? "the mail"}`;
    return fail({
      code: code === "EAUTH" ? "smtp.auth" : "smtp.failed",
      text: `the mail server did not take it (${what})`,
    });
  } finally {
    transport.close();
  }
}
