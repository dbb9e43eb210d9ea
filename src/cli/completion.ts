/** Scripts that complete words in bash, zsh and fish, made from the tree of commands itself: nothing to keep up by hand. */
import type { Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

type Word = { readonly word: string; readonly text: string };

/** One place in the tree: what may come next there. */
export type Place = {
  /** The words that lead here, such as `zone add`; empty: behind `countersign` itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  /** Choices of this place's arguments. */
  readonly choices: readonly string[];
  /** Options that a value follows, each with its choices; none where anything may stand. */
  readonly valued: readonly { readonly words: readonly string[]; readonly choices: readonly string[] }[];
};

/** `serve` is no command of this tree: the server has its own. */
const SERVE: Word = { word: "serve", text: "answer DNS and the API" };

export function placesOf(program: Command): readonly Place[] {
  const places: Place[] = [];
  const visit = (command: Command, path: string, above: readonly Option[]) => {
    const help = command.createHelp();
    const own = help.visibleOptions(command);
    const options = [...own, ...above.filter((option) => !own.some((each) => each.long === option.long))];
    const commands = help.visibleCommands(command).filter((each) => each.name() !== "help");
    places.push({
      path,
      commands: [
        ...commands.map((each) => ({ word: each.name(), text: each.description() })),
        ...(path === "" ? [SERVE] : []),
      ],
      options: options.flatMap((option) => wordsOf(option).map((word) => ({ word, text: option.description }))),
      choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
      valued: options
        .filter((option) => option.required || option.optional)
        .map((option) => ({ words: wordsOf(option), choices: option.argChoices ?? [] })),
    });
    const inherited = [...above, ...command.options.filter((option) => option.long !== "--version")];
    for (const each of commands) visit(each, path === "" ? each.name() : `${path} ${each.name()}`, inherited);
  };
  visit(program, "", []);
  return places;
}

export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program);
  if (shell === "bash") return bashScript(places);
  return shell === "zsh" ? zshScript(places) : fishScript(places);
}

function wordsOf(option: Option): readonly string[] {
  return [option.short, option.long].filter((word) => word !== undefined && word !== null);
}

/** Patterns of `case`: where the path is `path` and a word of `words` follows. */
const pattern = (path: string, words: readonly string[]) => words.map((word) => `'${path}:${word}'`).join("|");

/** `case` branches that bash and zsh share. */
function branches(places: readonly Place[], offer: (words: readonly string[]) => string) {
  const deeper = places
    .filter((place) => place.path !== "")
    .map((place) => {
      const cut = place.path.lastIndexOf(" ");
      return `      '${place.path.slice(0, Math.max(cut, 0))}:${place.path.slice(cut + 1)}') at='${place.path}';;`;
    });
  const skipped = places.flatMap(({ path, valued }) => {
    const words = valued.flatMap((each) => each.words);
    return words.length === 0 ? [] : [`      ${pattern(path, words)}) skip=1;;`];
  });
  const values = places.flatMap(({ path, valued }) =>
    valued.map(({ words, choices }) => `    ${pattern(path, words)}) ${offer(choices)}return;;`),
  );
  const next = places.map(({ path, commands, options, choices }) => {
    const plain = [...commands.map((each) => each.word), ...choices];
    return `    '${path}') if [[ $cur == -* ]]; then ${offer(options.map((each) => each.word))}else ${offer(plain)}fi;;`;
  });
  return { walk: [...deeper, ...skipped].join("\n"), values: values.join("\n"), next: next.join("\n") };
}

function bashScript(places: readonly Place[]): string {
  const offer = (words: readonly string[]) =>
    words.length === 0 ? ": ; " : `COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$cur")); `;
  return `# Completion of countersign for bash: source <(countersign completion bash)
_countersign() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' skip=0 i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
${stepsOf("COMP_WORDS", branches(places, offer))}
}
complete -o default -F _countersign countersign
`;
}

/** What bash and zsh do with each word before the present one, and then offer; `array` has the words. */
function stepsOf(array: "COMP_WORDS" | "words", { walk, values, next }: ReturnType<typeof branches>): string {
  return `    if ((skip)); then skip=0; continue; fi
    case "$at:\${${array}[i]}" in
${walk}
    esac
  done
  if ((skip)); then case "$at:$prev" in
${values}
  esac; fi
  case "$at" in
${next}
  esac`;
}

function zshScript(places: readonly Place[]): string {
  const offer = (words: readonly string[]) => (words.length === 0 ? "_files; " : `compadd -- ${words.join(" ")}; `);
  return `#compdef countersign
# Completion of countersign for zsh: source <(countersign completion zsh), behind compinit
_countersign() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' skip=0 i
  for ((i = 2; i < CURRENT; i++)); do
${stepsOf("words", branches(places, offer))}
}
if [[ $funcstack[1] == _countersign ]]; then _countersign "$@"; else compdef _countersign countersign; fi
`;
}

function fishScript(places: readonly Place[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const deeper = places
    .filter((place) => place.path !== "")
    .map((place) => {
      const cut = place.path.lastIndexOf(" ");
      const above = place.path.slice(0, Math.max(cut, 0));
      return `      case ${quote(`${above}:${place.path.slice(cut + 1)}`)}; set at ${quote(place.path)}`;
    });
  const skipped = places.flatMap(({ path, valued }) =>
    valued.length === 0
      ? []
      : [
          `      case ${valued
            .flatMap((each) => each.words)
            .map((word) => quote(`${path}:${word}`))
            .join(" ")}; set skip 1`,
        ],
  );
  const lines = places.flatMap((place) => fishLines(place, quote));
  return `# Completion of countersign for fish: countersign completion fish | source
function __countersign_at
  set -l at ''
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch "$at:$word"
${[...deeper, ...skipped].join("\n")}
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishLines(place: Place, quote: (text: string) => string): readonly string[] {
  const here = `complete -c countersign -n ${quote(`__countersign_at ${quote(place.path)}`)}`;
  const valued = (word: string) => place.valued.find((each) => each.words.includes(word));
  const only = place.commands.length > 0 ? " -f" : "";
  return [
    ...place.commands.map(({ word, text }) => `${here} -f -a ${quote(word)} -d ${quote(text)}`),
    ...place.choices.map((word) => `${here} -f -a ${quote(word)}`),
    ...place.options.map(({ word, text }) => {
      const name = word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
      const choices = valued(word)?.choices ?? [];
      const value = valued(word) ? ` -r${choices.length > 0 ? ` -f -a ${quote(choices.join(" "))}` : ""}` : only;
      return `${here} ${name}${value} -d ${quote(text)}`;
    }),
  ];
}
