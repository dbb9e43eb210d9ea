/** The product below the tree: its resolver is the tree's Unbound, and it looks at the parent every second. */
import { type CountersignOptions, LOOPBACK } from "../peers/index.ts";
import { OUR_NAME, type Tree } from "./tree.ts";

export function belowTree(tree: Tree): CountersignOptions {
  return {
    moreDns: [`${tree.child.address}:${tree.child.port}`],
    env: {
      COUNTERSIGN_RESOLVER: `${LOOPBACK}:${tree.resolver.port}`,
      COUNTERSIGN_PARENT_POLL_YOUNG_SECONDS: "1",
      COUNTERSIGN_PARENT_POLL_SETTLED_SECONDS: "1",
      COUNTERSIGN_NAMESERVERS: OUR_NAME.slice(0, -1),
    },
  };
}
