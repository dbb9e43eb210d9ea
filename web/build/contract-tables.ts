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
      return [`export const ROUTES = ${JSON.stringify(Object.fromEntries(routes))};`, ...plainTables(contract)].join(
        "\n",
      );
    },
  };
}

/** Constants that are plain data (SIGNING_MODES, REGISTRARS), under their own names; what is not imported is not built in. */
function plainTables(contract: Contract): string[] {
  return Object.entries(contract).flatMap(([name, value]) =>
    /^[A-Z][A-Z_]+$/.test(name) && name !== "ROUTES" && isPlain(value)
      ? [`export const ${name} = ${JSON.stringify(value)};`]
      : [],
  );
}

function isPlain(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const isObject = typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
  return isObject && Object.values(value).every(isPlain);
}
