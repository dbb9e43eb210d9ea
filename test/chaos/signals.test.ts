/** Ports that are taken, and signals at bad moments. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { ALONE, smallZone } from "../hostile/world.ts";
import { TEST_TOKEN } from "../peers/countersign.ts";
import { freePort, LOOPBACK, servedSerial, until } from "../peers/index.ts";
import { ROOT } from "../root.ts";
import { addZone, force, makeScene, NAME, startInVain } from "./scene.ts";

const scene = makeScene();
afterEach(scene.cleanUp);

describe("ports", () => {
  const free = async () => `${LOOPBACK}:${await freePort()}`;

  test("DNS by TCP, DNS by UDP, HTTP: each taken port is named, with what to do", async () => {
    const data = join(scene.directory("ports"), "data");
    const tcp = createServer();
    tcp.listen(0, LOOPBACK);
    await once(tcp, "listening");
    scene.undo(() => void tcp.close());
    const taken = (tcp.address() as { port: number }).port;
    const udp = createSocket("udp4");
    udp.bind(0, LOOPBACK);
    await once(udp, "listening");
    scene.undo(() => void udp.close());
    for (const [flags, option] of [
      [{ data, dns: `${LOOPBACK}:${taken}`, http: await free() }, "--dns"],
      [{ data, dns: `${LOOPBACK}:${udp.address().port}`, http: await free() }, "--dns"],
      [{ data, dns: await free(), http: `${LOOPBACK}:${taken}` }, "--http"],
    ] as const) {
      const { code, said } = await startInVain(flags);
      expect(code, said).toBe(1);
      expect(said).toContain(option);
      expect(said).toContain(option === "--dns" ? flags.dns : flags.http);
    }
  });
});

describe("signals", () => {
  test("SIGTERM twice, and SIGHUP in the middle of it: still 0", async () => {
    const path = scene.directory("signals");
    const primary = await scene.primaryWith(1);
    const product = await scene.start(path);
    const id = await addZone(product, primary);
    // Somebody to wait for: a transfer that hangs, a request whose body does not come, TCP clients.
    primary.serve(smallZone(NAME, 2), { axfr: () => undefined });
    await force(product, id);
    const open = [product.port, product.port, product.httpPort].map((port) => {
      const socket = connect({ host: LOOPBACK, port });
      socket.on("error", () => socket.destroy());
      scene.undo(() => void socket.destroy());
      return socket;
    });
    open[0]!.write(Uint8Array.of(0, 30, 1));
    open[2]!.write(
      `POST /client/v4/zones HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TEST_TOKEN}\r\ncontent-length: 500\r\n\r\n{`,
    );
    await sleep(200);
    for (const signal of ["SIGTERM", "SIGHUP", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
      product.process.signal(signal);
      await sleep(20);
    }
    expect(await product.process.ended, product.process.log().slice(-2000)).toBe(0);
    expect(product.process.log()).not.toContain("ended by force");
    const again = await scene.start(path);
    expect(await servedSerial(again.port, NAME)).toBe(1);
  });

  test("SIGHUP at any moment of the start does no harm", async () => {
    const path = scene.directory("early");
    const dns = `${LOOPBACK}:${await freePort()}`;
    const httpPort = await freePort();
    const args = ["serve", "--data", join(path, "data"), "--dns", dns, "--http", `${LOOPBACK}:${httpPort}`];
    const child = spawn(process.execPath, [join(ROOT, "src", "main.ts"), ...args], {
      env: { ...process.env, ...ALONE, COUNTERSIGN_TOKEN: TEST_TOKEN },
      stdio: ["ignore", "ignore", "pipe"],
    });
    scene.undo(() => void child.kill("SIGKILL"));
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log += String(chunk);
    });
    // From the first line of the log on the program is in charge of its signals.
    await until("the first words", () => log !== "" || child.exitCode !== null);
    const ready = () =>
      fetch(`http://${LOOPBACK}:${httpPort}/readyz`).then(
        async (response) => {
          await response.body?.cancel();
          return response.ok;
        },
        () => false,
      );
    await until("ready", async () => {
      child.kill("SIGHUP");
      return (await ready()) || child.signalCode !== null;
    });
    expect(child.signalCode).toBeNull();
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(0);
  });

  test("SIGHUP takes over what can change, and a broken file changes nothing", async () => {
    const path = scene.directory("hangup");
    const config = join(path, "config.json");
    writeFileSync(config, JSON.stringify({ nameServers: ["ns1.before.example"] }));
    const product = await scene.start(path, { COUNTERSIGN_CONFIG: config });
    const created = (await product.call("POST", "/client/v4/zones", { name: "a.example", type: "secondary" })) as {
      id: string;
      name_servers: string[];
    };
    expect(created.name_servers).toEqual(["ns1.before.example"]);
    const names = async () =>
      ((await product.call("GET", `/client/v4/zones/${created.id}`)) as { name_servers: string[] }).name_servers;
    writeFileSync(config, JSON.stringify({ nameServers: ["ns1.after.example"] }));
    product.process.signal("SIGHUP");
    await until("the new names", async () => (await names())[0] === "ns1.after.example");
    writeFileSync(config, '{"nameServers": ["ns1.broken.example"');
    product.process.signal("SIGHUP");
    await until("the refusal", () => product.process.log().includes("stay in force"));
    expect(await names()).toEqual(["ns1.after.example"]);
    rmSync(config);
    product.process.signal("SIGHUP");
    await until("the second refusal", () => product.process.log().split("stay in force").length > 2);
    expect(await names()).toEqual(["ns1.after.example"]);
    await product.process.stop();
    expect(await product.process.ended).toBe(0);
  });
});
