import { expect, test } from "vitest";
import { Counter, CounterBlock, createLogger, Metrics, sumCounters } from "#telemetry";

test("counters of several workers add up; the count of zones is not a sum", () => {
  const [a, b] = [new CounterBlock(), new CounterBlock()];
  a.add(Counter.QueriesUdp4, 3);
  new CounterBlock(b.buffer).add(Counter.QueriesUdp4);
  for (const block of [a, b]) block.set(Counter.Zones, 20);
  a.countReply(false, 0x83);
  b.countReply(true, 5);
  for (const type of [1, 1, 255, 256, 65_535]) a.countType(type);
  const retired = new CounterBlock();
  retired.add(Counter.QueriesUdp4, 10);
  const totals = sumCounters([a, b], retired.values);
  expect(totals.named.QueriesUdp4).toBe(14);
  expect(totals.named.Zones).toBe(20);
  expect([totals.rcodesUdp[3], totals.rcodesTcp[5]]).toEqual([1, 1]);
  expect([...totals.types]).toEqual([
    [1, 2],
    [255, 1],
  ]);
  expect(totals.otherTypes).toBe(2);
});

test("secrets never reach a log line, wherever they stand in the object", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  log.info({ token: "S3CR3T", peer: { secret: "S3CR3T", tsig: { privateKey: "S3CR3T" } } }, "peer.added");
  log.info(
    { headers: { authorization: "Bearer S3CR3T", "x-auth-key": "S3CR3T", cookie: "S3CR3T" }, zone: "a." },
    "request",
  );
  log.info({ peers: [{ name: "a", tsig: { list: [{ Secret: "S3CR3T" }] } }], Password: "S3CR3T" }, "in lists");
  log.info({ a: { b: { c: { d: { e: { f: { g: { secret: "S3CR3T" } } } } } } } }, "deep");
  const asked = { token: "S3CR3T", err: Object.assign(new Error("went wrong"), { request: { password: "S3CR3T" } }) };
  log.info(asked, "failed");
  log.debug("not shown at this level");
  expect(lines).toHaveLength(5);
  // What is logged stays as it is.
  expect(asked.token).toBe("S3CR3T");
  expect(JSON.parse(lines[4]!)).toMatchObject({ token: "[redacted]", err: { type: "Error", message: "went wrong" } });
  expect(JSON.parse(lines[2]!)).toMatchObject({ peers: [{ name: "a" }] });
  expect(lines.join()).not.toContain("S3CR3T");
  expect(JSON.parse(lines[1]!)).toMatchObject({ zone: "a.", msg: "request", headers: { authorization: "[redacted]" } });
});

test("the Prometheus page shows sums, labels and what others registered, anew each time", async () => {
  const block = new CounterBlock();
  const metrics = new Metrics({
    totals: () => sumCounters([block]),
    typeName: (type) => `TYPE${type}`,
    rcodeName: (rcode) => `R${rcode}`,
  });
  let zones = [{ labels: { zone: "a." }, value: 4 }];
  metrics.register({ name: "x_serial", help: "h", kind: "gauge", labels: ["zone"], read: () => zones });
  block.add(Counter.QueriesTcp6, 2);
  block.countReply(false, 3);
  block.countType(48);
  block.countType(1000);
  for (let i = 0; i < 2; i++) {
    const page = await metrics.page();
    expect(page).toContain('countersign_dns_queries_total{transport="tcp",ip="6"} 2');
    expect(page).toContain('countersign_dns_replies_total{transport="udp",rcode="R3"} 1');
    expect(page).toContain('countersign_dns_query_types_total{type="TYPE48"} 1');
    expect(page).toContain('countersign_dns_query_types_total{type="other"} 1');
    expect(page).toContain('x_serial{zone="a."} 4');
    expect(page).toContain("process_cpu_seconds_total");
  }
  zones = [];
  expect(await metrics.page()).not.toContain("x_serial{");
});
