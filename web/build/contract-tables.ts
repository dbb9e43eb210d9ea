/**
 * `virtual:contract`: the contract's table of routes as plain data (method and path), so that the browser gets the same table as
 * the server without the schemas behind it. Read anew at each build; nothing to keep in step by hand.
 */
import type { Plugin } from "vite";

const ID = "virtual:contract";
const CONTRACT = new URL("../../src/contract/index.ts", import.meta.url).href;

type Contract = {
  readonly ROUTES: Readonly<Record<string, { readonly method: string; readonly path: string }>>;
} & Readonly<Record<string, unknown>>;

export function contractTables(): Plugin {
  return {
    name: "countersign:contract-tables",
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    async load(id) {
      if (id !== `\0${ID}`) return undefined;
      const contract = (await import(CONTRACT)) as Contract;
      const routes = Object.entries(contract.ROUTES).map(([name, { method, path }]) => [name, [method, path]]);
      return [`export const ROUTES = ${JSON.stringify(Object.fromEntries(routes))};`, ...wordLists(contract)].join(
        "\n",
      );
    },
  };
}

/** Lists of plain words such as SIGNING_MODES, under their own names. */
function wordLists(contract: Contract): string[] {
  return Object.entries(contract).flatMap(([name, value]) =>
    /^[A-Z][A-Z_]+$/.test(name) && Array.isArray(value) && value.every((word) => typeof word === "string")
      ? [`export const ${name} = ${JSON.stringify(value)};`]
      : [],
  );
}
