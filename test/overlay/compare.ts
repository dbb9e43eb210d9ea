/** Two images of one content, one compiled whole, one overlaid: whatever a reader can see of them has to be the same. */
import { Answerer } from "#answer";
import { toHex } from "#bytes";
import { ImageFlag, unpackImage, type ZoneImage } from "#image";
import { buildQuery, EdnsFlag, queryEdns } from "#message";
import { lowerName, type Name, nameHash, printName } from "#name";
import { APEX, NOW, nameOf } from "./history.ts";

/** Every RRset and everything that is precomputed, as lines of text. */
export function describeImage(image: ZoneImage): string[] {
  const lines = [`${image.serial} ${image.nodeCount} ${image.rrsetCount} ${image.recordCount} ${image.negativeTtl}`];
  lines.push(`flags ${image.flags & ~ImageFlag.OptOut} nsec3 ${image.nsec3?.count ?? 0}`);
  for (const set of unpackImage(image)) {
    lines.push(`${show(set.owner)} ${set.type} ${set.ttl} ${set.rdatas.map((rdata) => toHex(rdata)).join(" ")}`);
  }
  const nameOfNode = (node: number) => (node === 0 ? "-" : show(image.nodeName(node)));
  const targets = new Uint32Array(64);
  for (let i = 0; i < image.nodeCount; i++) {
    const node = image.nodeAt(i);
    const name = image.nodeName(node);
    const match = image.nsec3Match(node);
    lines.push(
      [
        i,
        image.nodeIndex(node),
        show(name),
        image.nodeFlags(node),
        `parent ${nameOfNode(image.nodeParent(node))}`,
        `wildcard ${nameOfNode(image.wildcardChild(node))}`,
        `cut ${nameOfNode(image.cutOf(node))}`,
        `nsec ${image.flags & ImageFlag.Nsec ? nameOfNode(image.nsecNode(node)) : "-"}`,
        `nsec3 ${match < 0 ? "-" : image.nsec3Index(match)}`,
        `found ${image.findNode(nameHash(name), name, 0) === node}`,
      ].join(" "),
    );
    for (let set = 0; set < image.rrsetsAt(node); set++) {
      const ref = image.rrsetAt(node, set);
      const count = image.additionalNodes(ref, targets);
      const along = [...targets.subarray(0, count)].filter(
        (one) => image.findRRset(one, 1) || image.findRRset(one, 28),
      );
      if (along.length > 0) lines.push(`additional ${image.rrsetType(ref)} ${along.map(nameOfNode).join(" ")}`);
    }
  }
  return lines;
}

function show(name: Name): string {
  return printName(lowerName(name));
}

const TYPES = [1, 2, 6, 15, 16, 28, 33, 39, 43, 47, 48, 65, 255];

/** The answers of an Answerer to these names and many types, with and without DO. */
export function answersOf(image: ZoneImage, names: readonly string[]): Map<string, string> {
  const answerer = new Answerer({});
  answerer.zones.set({ apex: APEX, state: "serving", image });
  const reply = new Uint8Array(65535);
  const about = {
    transport: "tcp" as const,
    clientAddress: Uint8Array.of(127, 0, 0, 1),
    clientPort: 9,
    nowSeconds: NOW,
  };
  const answers = new Map<string, string>();
  for (const name of names) {
    for (const type of TYPES) {
      for (const isDo of [true, false]) {
        const query = queryFor(nameOf(name), type, isDo);
        const length = answerer.answer(query, query.length, reply, about);
        answers.set(`${name} ${type} ${isDo}`, toHex(reply.subarray(0, length)).toLowerCase());
      }
    }
  }
  return answers;
}

function queryFor(name: Name, type: number, isDo: boolean): Uint8Array {
  return buildQuery({ id: 1, name, type, edns: isDo ? queryEdns(EdnsFlag.DO, 4096) : undefined });
}
