/**
 * Who does not get a zone, and what a client can do to the server: wrong key, no key, wrong secret, other addresses, clear TCP
 * where TLS is required; a client that never reads; a hundred that ask at once while ordinary answers go on.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Countersign,
  encodeQuestion,
  makeTsigKey,
  missingPrograms,
  type Peer,
  queryUdp,
  startCountersign,
  startKnot,
  until,
} from "../peers/index.ts";
import { giveTo, kdig, makePeers, transferred, transfersOut } from "./world.ts";

const missing = missingPrograms("knotd", "kdig");
const ZONE = "keep.test.";
const BIG = "big.test.";
const AXFR = 252;
const HOSTS = 60_000;

function zoneText(name: string, hosts: number): string {
  const lines = Array.from(
    { length: hosts },
    (_, i) => `host-number-${i}.department-${i % 97} IN TXT "${"x".repeat(100)}"`,
  );
  return `$TTL 300\n$ORIGIN ${name}\n@ IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 192.0.2.1\n${lines.join("\n")}\n`;
}

describe.skipIf(missing.length > 0)(
  `refusals${missing.length > 0 ? `: left out, no ${missing.join(", ")}` : ""}`,
  () => {
    let primary: Peer;
    let product: Countersign;
    let zoneId: string;
    const key = makeTsigKey("keep.key.", "hmac-sha256");

    beforeAll(async () => {
      const zones = [ZONE, BIG].map((name) => ({ name, text: zoneText(name, name === BIG ? HOSTS : 10) }));
      primary = await startKnot({ zones });
      product = await startCountersign({ env: { COUNTERSIGN_MAX_TRANSFERS_OUT: "100" } });
      zoneId = await product.addZone({ name: ZONE, primary, mode: "unsigned" });
      const big = await product.addZone({ name: BIG, primary, mode: "unsigned" });
      await product.served(zoneId, ZONE);
      await product.served(big, BIG);
      await giveTo(product, big, BIG, [{ name: "anybody here", port: 9 }]);
    });
    afterAll(async () => {
      await Promise.all([product?.stop(), primary?.stop()]);
    });

    const says = async (asking: Parameters<typeof kdig>[2] = {}, zone = ZONE) => {
      const { out, err } = await kdig(product, zone, asking);
      return (
        /error '(\w+)'|status: (\w+)/
          .exec(err + out)
          ?.slice(1)
          .find(Boolean) ?? "NOERROR"
      );
    };
    const outgoing = (path: string) => `/client/v4/zones/${zoneId}/secondary_dns/outgoing${path}`;

    test("nobody before there is a configuration, nor while it is disabled; anybody linked after that", async () => {
      expect(await says()).toBe("REFUSED");
      const [peer] = await makePeers(product, [{ name: "here", port: 9 }]);
      await product.call("POST", outgoing(""), { name: ZONE, peers: [peer] });
      expect(await says()).toBe("REFUSED");
      await product.call("POST", outgoing("/enable"));
      expect(await transferred(product, ZONE)).toEqual(await transferred(primary, ZONE));
      expect(await says({ source: "127.0.0.2" })).toBe("REFUSED");
      expect(await says({ args: ["+edns", "+multiline"], source: "127.0.0.2" })).toBe("REFUSED");
      expect(await says({ key })).toBe("BADKEY");
      await product.call("POST", outgoing("/disable"));
      expect(await says()).toBe("REFUSED");
      await product.call("POST", outgoing("/enable"));
      await product.call("PUT", outgoing(""), { name: ZONE, peers: [] });
      expect(await says()).toBe("REFUSED");
    });

    test("an ACL lets its addresses in, and where a peer has a TSIG only with that", async () => {
      const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
      const acls = `/client/v4/accounts/${account!.id}/secondary_dns/acls`;
      const acl = (await product.call("POST", acls, { name: "two", ip_range: "127.0.0.2/32" })) as { id: string };
      expect(await says({ source: "127.0.0.2" })).toBe("NOERROR");
      expect(await says({ source: "127.0.0.3" })).toBe("REFUSED");
      const [peer] = await makePeers(product, [{ name: "keyed", tsig: key }]);
      await product.call("PUT", outgoing(""), { name: ZONE, peers: [peer] });
      expect(await says({ source: "127.0.0.2" })).toBe("REFUSED");
      expect(await transferred(product, ZONE, { source: "127.0.0.2", key })).toHaveLength(13);
      expect(await says({ source: "127.0.0.2", key: { ...key, secret: "AAAA" } })).toBe("BADSIG");
      expect(await says({ source: "127.0.0.2", key: { ...key, name: "other.key." } })).toBe("BADKEY");
      expect(await says({ source: "127.0.0.2", key: { ...key, algorithm: "hmac-sha512" } })).toBe("BADKEY");
      expect(await says({ source: "127.0.0.3", key })).toBe("REFUSED");
      // Who comes by an ACL may wonder, too: three refusals are in the record, what the one outside of it got is in the metrics alone.
      await until("the rows", async () => {
        const rows = (await transfersOut(product, zoneId)).filter(
          ({ outcome, address }) => outcome === "refused" && address.startsWith("127.0.0.2:"),
        );
        const codes = new Set(rows.map(({ error }) => error?.code));
        return codes.has("outgoing.tsig") && codes.has("outgoing.tsig-required");
      });
      const refused = async () => {
        const page = await fetch(`${product.url}/metrics`).then((answer) => answer.text());
        return Number(/direction="out",kind="axfr",transport="tcp",outcome="refused"\} (\d+)/.exec(page)![1]);
      };
      const before = await refused();
      expect(await says({ source: "127.0.0.3", key })).toBe("REFUSED");
      expect(await says({}, "other.test.")).toBe("REFUSED");
      expect(await refused()).toBe(before + 2);
      expect((await transfersOut(product, zoneId)).filter(({ address }) => address.startsWith("127.0.0.3:"))).toEqual(
        [],
      );
      await product.call("DELETE", `${acls}/${acl.id}`);
      expect(await says({ source: "127.0.0.2", key })).toBe("REFUSED");
    });

    test("what requires TLS is never given by clear TCP", async () => {
      const [peer] = await makePeers(product, [{ name: "private", port: 9, tsig: key }]);
      await product.call("PUT", outgoing(""), { name: ZONE, peers: [peer] });
      expect(await says({ key })).toBe("NOERROR");
      await product.call("PATCH", `/countersign/v1/zones/${zoneId}/outgoing`, { tls_only: true });
      expect(await says({ key })).toBe("REFUSED");
      expect(await says({ key, type: "IXFR=1" })).toBe("REFUSED");
      // Its own secondaries may wonder why: the record says it.
      const [last] = await transfersOut(product, zoneId);
      expect(last).toMatchObject({ kind: "ixfr", outcome: "refused", error: { code: "outgoing.tls-required" } });
      await product.call("PATCH", `/countersign/v1/zones/${zoneId}/outgoing`, { tls_only: false });
      expect(await says({ key })).toBe("NOERROR");
    });

    test("over UDP: an AXFR is malformed, an IXFR is told the serial", async () => {
      expect((await queryUdp(product, { name: BIG, type: AXFR }))[3]! & 15).toBe(1);
      const { out } = await kdig(product, BIG, { type: "IXFR=1", args: ["+notcp", "+noall", "+answer"] });
      expect(out.trim().split("\n")).toHaveLength(1);
      expect(out).toMatch(/SOA\s+ns1\.big\.test\. hostmaster\.big\.test\. 1 /);
      expect(await says({ type: "IXFR=0" }, "other.test.")).toBe("REFUSED");
    });

    test("clients that never read keep hardly any memory, and a storm of requests keeps no answer waiting", async () => {
      const resident = () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${product.process.pid}/status`, "latin1"))![1]);
      const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
      const acls = `/client/v4/accounts/${account!.id}/secondary_dns/acls`;
      await product.call("POST", acls, { name: "all of them", ip_range: "127.0.0.0/24" });
      const before = resident();
      const stuck: Socket[] = [];
      for (let i = 0; i < 100; i++) stuck.push(await askAndSleep(product.port, `127.0.0.${i + 2}`));
      try {
        const answered = await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            queryUdp(product, { name: `host-number-${i}.department-${i % 97}.${BIG}`, type: 16 }),
          ),
        );
        expect(answered.every((reply) => (reply[3]! & 15) === 0 && reply[7] === 1)).toBe(true);
        await untilAtRest(product.process.pid);
        // All of them have their place: 100 times this zone would be a gigabyte.
        expect(resident() - before).toBeLessThan(300_000);
        expect(await product.call("GET", outgoing("/status"))).toBe("Enabled");
      } finally {
        for (const socket of stuck) socket.destroy();
      }
      // Their places come free: the next one is served.
      const lines = await until("a transfer", () => transferred(product, BIG).catch(() => undefined));
      expect(lines).toHaveLength(HOSTS + 3);
    });
  },
);

/** An AXFR asked for by TCP, and nothing of it read. */
function askAndSleep(port: number, source: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: source });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.pause();
      const question = encodeQuestion({ name: BIG, type: AXFR }, 7);
      socket.write(Uint8Array.of(0, question.length, ...question), () => resolve(socket));
    });
  });
}

/** Until the process takes hardly any processor time: whatever it could make, it has made. */
async function untilAtRest(pid: number): Promise<void> {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
    return Number(fields[11]) + Number(fields[12]);
  };
  let quiet = 0;
  let last = ticks();
  await until("the server is at rest", () => {
    const now = ticks();
    quiet = now - last <= 1 ? quiet + 1 : 0;
    last = now;
    return quiet >= 15;
  });
}
