/** `completion`: the scripts are sourced by the shells themselves and asked for what comes next. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDirectory, removeDirectory, writeIn } from "../peers/index.ts";
import { countersign } from "./command-line.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

let directory: string;
const scripts = new Map<Shell, string>();

beforeAll(async () => {
  directory = makeDirectory("completion");
  for (const shell of SHELLS) {
    const { code, out, err } = await countersign(["completion", shell]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    scripts.set(shell, writeIn(directory, `countersign.${shell}`, out));
  }
});
afterAll(() => removeDirectory(directory));

function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ["-c", "exit 0"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What each shell offers behind these words, the last of which is being typed. */
const ASK: Readonly<Record<Shell, (script: string, words: readonly string[]) => string>> = {
  bash: (script, words) =>
    execFileSync(
      "bash",
      [
        "--norc",
        "-c",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _countersign; printf "%s\\n" "${COMPREPLY[@]}"',
        "bash",
        script,
        ...words,
      ],
      { encoding: "utf8" },
    ),
  // compadd works inside the line editor alone: here it prints what it is given.
  zsh: (script, words) =>
    execFileSync(
      "zsh",
      [
        "-f",
        "-c",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
        'compdef() { :; }; compadd() { shift; for w in "$@"; do [[ $w == ${words[CURRENT]}* ]] && print -r -- $w; done; }; _files() { :; }; source "$1"; shift; words=("$@"); CURRENT=$#; _countersign; true',
        "zsh",
        script,
        ...words,
      ],
      { encoding: "utf8" },
    ),
  fish: (script, words) =>
    execFileSync("fish", ["--no-config", "-c", `source ${script}; complete -C '${words.join(" ")}'`], {
      encoding: "utf8",
    }).replace(/\t.*$/gm, ""),
};

describe.each(SHELLS)("%s", (shell) => {
  const ask = (...words: readonly string[]) =>
    ASK[shell](scripts.get(shell)!, ["countersign", ...words])
      .split("\n")
      .filter(Boolean);

  const missing = !isInstalled(shell);
  const why = missing ? ` (there is no ${shell} here)` : "";

  test.skipIf(missing)(`nouns, verbs, options, choices${why}`, () => {
    expect(ask("zo")).toEqual(["zone"]);
    expect(ask("")).toEqual(expect.arrayContaining(["zone", "serve", "watch", "doctor", "completion"]));
    expect(ask("zone", "ch")).toContain("check");
    expect(ask("alert", "destination", "")).toEqual(expect.arrayContaining(["add", "list", "test", "remove"]));
    expect(ask("zone", "add", "example.com", "--pe")).toContain("--peer");
    expect(ask("zone", "add", "example.com", "--js")).toContain("--json");
    expect(ask("alert", "destination", "add", "x", "--security", "")).toEqual(
      expect.arrayContaining(["starttls", "tls", "none"]),
    );
    expect([...ask("completion", "")].sort()).toEqual(["bash", "fish", "zsh"]);
  });

  test.skipIf(missing)(`the value of an option is no verb, and global options may stand first${why}`, () => {
    expect(ask("--data", "peer", "zone", "rem")).toEqual(["remove"]);
    expect(ask("--json", "tsig", "li")).toEqual(["list"]);
  });
});

test("a shell that is none is wrong usage", async () => {
  expect((await countersign(["completion", "tcsh"])).code).toBe(2);
});
