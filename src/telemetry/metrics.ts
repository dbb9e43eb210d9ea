/** The Prometheus page: the edge's counters, what control registers beside them, and the process's own. */
import { createRequire } from "node:module";
import type { Registry } from "prom-client";
import type { CounterTotals } from "./counters.ts";

/** Registered by other rooms without knowing the library: a value asked for when the page is. */
export interface MetricSource {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  readonly labels?: readonly string[];
  /** All values at this moment. Named bound: `MAX_SERIES` of them are shown. */
  readonly read: () => ReadonlyArray<{ readonly labels?: Readonly<Record<string, string>>; readonly value: number }>;
}

/** Series of one metric; zones beyond are left out rather than filling the scraper. */
export const MAX_SERIES = 50_000;

export interface MetricsOptions {
  /** Sums over the edge's workers. */
  readonly totals: () => CounterTotals;
  /** A query type's name for its label. */
  readonly typeName: (type: number) => string;
  readonly rcodeName: (rcode: number) => string;
}

/** One registry for the process, held by whoever composes it. */
export class Metrics {
  // Loaded here, by the main thread: each of the threads that answer would keep a copy of its code (3 MB).
  private readonly client = createRequire(import.meta.url)("prom-client") as typeof import("prom-client");
  private readonly registry: Registry = new this.client.Registry();

  constructor(options: MetricsOptions) {
    this.client.collectDefaultMetrics({ register: this.registry });
    for (const source of edgeMetrics(options)) this.register(source);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  register(source: MetricSource): void {
    const shape = {
      name: source.name,
      help: source.help,
      labelNames: [...(source.labels ?? [])],
      registers: [this.registry],
    };
    // Sums come from elsewhere and are already cumulative: set anew each time the page is asked for.
    if (source.kind === "gauge") {
      new this.client.Gauge({
        ...shape,
        collect() {
          this.reset();
          for (const { labels, value } of source.read().slice(0, MAX_SERIES)) this.set({ ...labels }, value);
        },
      });
      return;
    }
    new this.client.Counter({
      ...shape,
      collect() {
        this.reset();
        for (const { labels, value } of source.read().slice(0, MAX_SERIES)) this.inc({ ...labels }, value);
      },
    });
  }

  page(): Promise<string> {
    return this.registry.metrics();
  }
}

function edgeMetrics(options: MetricsOptions): MetricSource[] {
  return [...labelledMetrics(options), ...plainMetrics(options.totals)];
}

function labelledMetrics(options: MetricsOptions): MetricSource[] {
  const { totals } = options;
  return [
    {
      name: "countersign_dns_queries_total",
      help: "DNS messages received, by transport and IP version",
      kind: "counter",
      labels: ["transport", "ip"],
      read: () => {
        const { named } = totals();
        return [
          { labels: { transport: "udp", ip: "4" }, value: named.QueriesUdp4 },
          { labels: { transport: "udp", ip: "6" }, value: named.QueriesUdp6 },
          { labels: { transport: "tcp", ip: "4" }, value: named.QueriesTcp4 },
          { labels: { transport: "tcp", ip: "6" }, value: named.QueriesTcp6 },
        ];
      },
    },
    {
      name: "countersign_dns_replies_total",
      help: "DNS answers sent, by transport and RCODE of the header",
      kind: "counter",
      labels: ["transport", "rcode"],
      read: () => {
        const { rcodesUdp, rcodesTcp } = totals();
        const series = (transport: string, counts: readonly number[]) =>
          counts
            .map((value, rcode) => ({ labels: { transport, rcode: options.rcodeName(rcode) }, value }))
            .filter((entry) => entry.value > 0);
        return [...series("udp", rcodesUdp), ...series("tcp", rcodesTcp)];
      },
    },
    {
      name: "countersign_dns_query_types_total",
      help: "DNS queries by type; types from 256 on together",
      kind: "counter",
      labels: ["type"],
      read: () => {
        const { types, otherTypes } = totals();
        const series = [...types].map(([type, value]) => ({ labels: { type: options.typeName(type) }, value }));
        return otherTypes > 0 ? [...series, { labels: { type: "other" }, value: otherTypes }] : series;
      },
    },
  ];
}

function plainMetrics(totals: () => CounterTotals): MetricSource[] {
  const one = (
    name: string,
    help: string,
    field: keyof CounterTotals["named"],
    kind: "counter" | "gauge" = "counter",
  ) => ({
    name,
    help,
    kind,
    read: () => [{ value: totals().named[field] }],
  });
  return [
    one("countersign_dns_dropped_total", "Messages left unanswered by decision", "Dropped"),
    one(
      "countersign_dns_forwarded_total",
      "NOTIFY, transfer requests and TSIG messages handed to control",
      "Forwarded",
    ),
    one("countersign_dns_truncated_total", "Answers with TC", "Truncated"),
    one("countersign_dns_unusable_datagrams_total", "Datagrams that were empty or too large", "Unusable"),
    one("countersign_dns_unsent_replies_total", "Answers that the kernel did not take", "Unsent"),
    one("countersign_dns_reply_octets_total", "Octets of answers", "OctetsOut"),
    one("countersign_dnssec_signatures_total", "Signatures made by the edge", "Signatures"),
    one(
      "countersign_dnssec_signature_cache_hits_total",
      "Signatures of made-up names found again",
      "SignatureCacheHits",
    ),
    one("countersign_tcp_connections_total", "TCP connections accepted", "TcpConnections"),
    one("countersign_tcp_refused_total", "TCP connections refused for want of room", "TcpRefused"),
    one(
      "countersign_tcp_evicted_total",
      "TCP connections ended by us: idle, slow, stalled, to make room",
      "TcpEvicted",
    ),
    one("countersign_tls_queries_total", "DNS messages received over TLS (among those by TCP)", "QueriesTls"),
    one("countersign_tls_connections_total", "TLS connections that completed their handshake", "TlsConnections"),
    one("countersign_tls_handshakes_failed_total", "TLS handshakes that came to nothing", "TlsHandshakesFailed"),
    one("countersign_edge_zones", "Zones that every worker knows", "Zones", "gauge"),
  ];
}
