import { describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { flagOf, OPTION_NAMES, OPTIONS, type Option, variableOf } from "./options.ts";
import { describeOptions, printOptionsPage } from "./reference.ts";

function load(argv: string[] = [], env: Record<string, string> = {}, file?: unknown) {
  return loadConfig({
    argv,
    env,
    readFile(path) {
      if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return typeof file === "string" ? file : JSON.stringify(file);
    },
  });
}

function value(...sources: Parameters<typeof load>) {
  const result = load(...sources);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function problems(...sources: Parameters<typeof load>) {
  const result = load(...sources);
  return result.ok ? [] : result.error.map((problem) => `${problem.code}: ${problem.message}`);
}

describe("sources", () => {
  it("are the defaults when nothing is said", () => {
    const config = value();
    expect(config.dns).toEqual([{ address: "127.0.0.1", port: 5300 }]);
    expect(config.http).toEqual({ address: "127.0.0.1", port: 8053 });
    expect(config.token).toBeUndefined();
    expect(config.nameServers).toEqual([]);
  });

  it("go flag before environment before file", () => {
    const file = { workers: 1, email: "file@example.org", nsid: "file" };
    const env = { COUNTERSIGN_CONFIG: "c.json", COUNTERSIGN_WORKERS: "2", COUNTERSIGN_EMAIL: "env@example.org" };
    const config = value(["--workers", "3"], env, file);
    expect([config.workers, config.email, config.nsid]).toEqual([3, "env@example.org", "file"]);
    expect(value(["--config=d.json"], {}, file).nsid).toBe("file");
  });

  it("take the faces' fixed names", () => {
    const config = value(
      ["--data", "/d", "--dns", "127.0.0.1:5300,[::1]:5300", "--dns", "0.0.0.0:53", "--http", "[::]:80"],
      {
        COUNTERSIGN_TOKEN: "secret",
        COUNTERSIGN_NAMESERVERS: "NS1.secondary.example., ns2.secondary.example",
        COUNTERSIGN_RESOLVER: "127.0.0.1:5399",
        COUNTERSIGN_MASTER_KEY_FILE: "/k",
        COUNTERSIGN_NSID: "n",
        COUNTERSIGN_LOG_LEVEL: "debug",
        COUNTERSIGN_UDP: "dgram",
        COUNTERSIGN_CRYPTO: "node",
      },
    );
    expect(config.dns).toEqual([
      { address: "127.0.0.1", port: 5300 },
      { address: "::1", port: 5300 },
      { address: "0.0.0.0", port: 53 },
    ]);
    expect(config.nameServers).toEqual(["ns1.secondary.example", "ns2.secondary.example"]);
    expect(config).toMatchObject({
      token: "secret",
      masterKeyFile: "/k",
      udp: "dgram",
      crypto: "node",
      logLevel: "debug",
    });
  });

  it("in the file may be lists, numbers and truth values", () => {
    const config = value(["--config", "c"], {}, { dns: ["127.0.0.1:1", "[::1]:2"], maxUdpPayload: 4096, cors: false });
    expect(config.dns).toHaveLength(2);
    expect([config.maxUdpPayload, config.cors]).toEqual([4096, false]);
  });
});

describe("problems", () => {
  const cases: [string, Parameters<typeof load>, RegExp][] = [
    ["an unknown flag", [["--dta", "x"]], /config\.unknown: --dta is no option; did you mean --data\?/],
    ["a flag without value", [["--data"]], /config\.value: --data needs a value/],
    [
      "a number out of range",
      [["--max-udp-payload", "100"]],
      /--max-udp-payload: "100" is not valid: give integer 512 to 4096/,
    ],
    ["a bad address in the environment", [[], { COUNTERSIGN_DNS: "localhost:53" }], /COUNTERSIGN_DNS: "localhost:53"/],
    [
      "a variable whose words are split in another way",
      [[], { COUNTERSIGN_NAME_SERVERS: "ns1.example" }],
      /config\.unknown: COUNTERSIGN_NAME_SERVERS is no option; did you mean COUNTERSIGN_NAMESERVERS\?/,
    ],
    ["an IPv6 address without brackets", [["--http", "::1:80"]], /config\.value/],
    ["an IPv4 address in brackets", [["--http", "[127.0.0.1]:80"]], /config\.value/],
    ["a port too large", [["--http", "127.0.0.1:65536"]], /config\.value/],
    [
      "an unknown key in the file",
      [["--config", "c"], {}, { nameservers: "x" }],
      /c: "nameservers" is no option; did you mean nameServers/,
    ],
    ["an object in the file", [["--config", "c"], {}, { dns: { a: 1 } }], /c: "dns": give comma list/],
    ["a file that is no JSON", [["--config", "c"], {}, "{"], /config\.file: --config: c can't be read as JSON/],
    ["a file that is a list", [["--config", "c"], {}, []], /config\.file: c: give one JSON object/],
    ["a missing file", [["--config", "c"]], /config\.file: --config: c is not there\./],
    ["a secret on the command line", [["--token", "x"]], /config\.secret-flag: --token is a secret.*COUNTERSIGN_TOKEN/],
    [
      "an address twice",
      [["--dns", "127.0.0.1:53,127.0.0.1:53"]],
      /config\.conflict: dns: 127\.0\.0\.1:53 is there twice/,
    ],
    [
      "an address for DNS and for the API",
      [["--dns", "[::1]:53", "--http", "[0::1]:53"]],
      /dns and http both have \[::1\]:53; give one of them another port/,
    ],
    ["two master keys", [[], { COUNTERSIGN_MASTER_KEY: "a", COUNTERSIGN_MASTER_KEY_FILE: "b" }], /config\.conflict/],
  ];
  it.each(cases)("name %s and what to do", (_, sources, expected) => {
    expect(problems(...sources)).toHaveLength(1);
    expect(problems(...sources)[0]).toMatch(expected);
  });

  it("are not several ports that the system chooses", () => {
    expect(problems(["--dns", "127.0.0.1:0,127.0.0.1:0", "--http", "127.0.0.1:0"])).toEqual([]);
  });

  it("are not what others put into the environment under the same first word", () => {
    expect(problems([], { COUNTERSIGN_SERVICE_HOST: "10.0.0.1", COUNTERSIGN_URL: "http://127.0.0.1:8053" })).toEqual(
      [],
    );
  });

  it("come all at once, and never show a secret", () => {
    const all = problems(["--workers", "x", "--nonsense"], { COUNTERSIGN_COOKIE_SECRET: "hunter2" });
    expect(all).toHaveLength(3);
    expect(all.join("\n")).not.toContain("hunter2");
  });
});

describe("the table", () => {
  it("has distinct flags and variables, and defaults that its own kinds accept", () => {
    expect(new Set(OPTION_NAMES.map(flagOf)).size).toBe(OPTION_NAMES.length);
    expect(new Set(OPTION_NAMES.map(variableOf)).size).toBe(OPTION_NAMES.length);
    for (const option of describeOptions()) {
      if (option.fallback === undefined) continue;
      const described = OPTIONS[option.name] as Option;
      expect(described.kind.read(option.fallback), option.name).toEqual(described.fallback);
    }
  });

  it("prints a row for each option", () => {
    expect(printOptionsPage().trim().split("\n")).toHaveLength(OPTION_NAMES.length + 2);
  });
});

describe("sign-in at an OpenID provider", () => {
  const whole = { oidcIssuer: "https://login.example", oidcClientId: "c", oidcDashboardUrl: "https://dns.example" };
  const file = (more: object) => problems(["--config", "c.json"], {}, { ...whole, ...more }).join(" ");

  it("is taken whole, the secret by file or variable alone", () => {
    expect(file({})).toBe("");
    expect(problems(["--oidc-client-secret", "x"]).join(" ")).toContain("config.secret-flag");
    expect(file({ oidcClientSecret: "x", oidcClientSecretFile: "/f" })).toContain("keep one of them");
    expect(file({ oidcClientId: undefined })).toContain("oidcIssuer is set, but oidcClientId not");
    expect(problems(["--oidc-client-id", "c"]).join(" ")).toContain("oidcIssuer is not");
    expect(file({ oidcScopes: ["email"] })).toContain("lacks openid");
  });

  it("takes clear text for this machine alone", () => {
    const texts = ["http://127.0.0.1:8080/realms/x", "http://localhost:1", "http://[::1]:1"];
    for (const oidcIssuer of texts) expect([oidcIssuer, file({ oidcIssuer })]).toEqual([oidcIssuer, ""]);
    const bad = ["http://login.example", "http://127.0.0.1.evil.test", "http://localhost.evil.test", "ftp://x.example"];
    const worse = [
      "https://user:secret@x.example",
      "https://x.example?a=b",
      "https://x.example/#a",
      "x.example",
      "https://",
    ];
    for (const oidcIssuer of [...bad, ...worse]) {
      expect([oidcIssuer, file({ oidcIssuer })]).toEqual([oidcIssuer, expect.stringContaining("https://…")]);
    }
  });
});
