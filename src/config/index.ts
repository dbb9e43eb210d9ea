/** One table of options; flags, environment and file to one Config. The door of the room. */
export type { ListenAddress } from "./kinds.ts";
export { type ConfigProblem, type ConfigResult, type ConfigSources, loadConfig } from "./load.ts";
export { type Config, flagOf, OPTION_NAMES, OPTIONS, type Option, type OptionName, variableOf } from "./options.ts";
export { describeOptions, type OptionReference, printOptionsPage } from "./reference.ts";
