/** `completion bash|zsh|fish`: the script that completes words. */
import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "../completion.ts";
import type { Runner } from "../context.ts";
import { addText } from "../options.ts";

/** Last of all commands: the script is of those that the program has when it is asked for. */
export function addCompletionCommand(program: Command, run: Runner): void {
  const command = program
    .command("completion")
    .description("a script that completes nouns, verbs, options and choices in your shell")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action(
      run(async (context, shell: Shell) => {
        const script = completionScript(program, shell);
        await context.show(script, () => script);
      }),
    );
  addText(
    command,
    `
For good
  bash  countersign completion bash \\
          > ~/.local/share/bash-completion/completions/countersign
  zsh   countersign completion zsh > DIR/_countersign, DIR being one of $fpath
  fish  countersign completion fish \\
          > ~/.config/fish/completions/countersign.fish
`,
  );
}
