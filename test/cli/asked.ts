/** Which operations of the contract are asked for in this process: what goes out by `fetch` is matched with the table of routes. */
import { ROUTE_NAMES, ROUTES, type RouteName } from "#contract";

const PATTERNS = ROUTE_NAMES.map((name) => {
  const { method, path } = ROUTES[name];
  const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+");
  // A path without parameters goes before one that would take a word of it for a name.
  return { name, method, pattern: new RegExp(`^${pattern}$`), parameters: path.split("{").length };
}).sort((a, b) => a.parameters - b.parameters);

export function operationOf(method: string, path: string): RouteName | undefined {
  return PATTERNS.find((each) => each.method === method && each.pattern.test(path))?.name;
}

/** Until `stop`: `asked` has each operation that was answered with success, or refused where that is what is expected. */
export function recordAsked({ refusals }: { readonly refusals: boolean }) {
  const real = globalThis.fetch;
  const asked = new Set<RouteName>();
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init);
    const { pathname } = new URL(String(input));
    const name = operationOf(init?.method ?? "GET", pathname);
    if (name && (response.ok || (refusals && response.status < 500))) asked.add(name);
    return response;
  };
  return {
    asked: asked as ReadonlySet<RouteName>,
    stop() {
      globalThis.fetch = real;
    },
  };
}
