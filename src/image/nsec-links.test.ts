/** Links of an NSEC chain are found beside what changed, however much lies below a delegation. */
import { expect, test, vi } from "vitest";
import { type Name, readName } from "#name";
import { readNsec } from "#rdata";
import { zoneFromRRsets } from "#zone";
import { readZoneFile } from "#zonefile";
import { compileImage, nsecLinks, ZoneImage } from "./index.ts";

const GLUE = 2000;
const CHANGED = 100;

function name(text: string): Name {
  const read = readName(text);
  if (!read.ok) throw new Error(text);
  return read.value;
}

function image(): ZoneImage {
  const glue = Array.from({ length: GLUE }, (_, i) => `h${i}.x${i}.sub IN A 192.0.2.1`);
  const text = `$TTL 300
$ORIGIN links.test.
@ IN SOA ns1 hostmaster 7 3600 600 86400 300
@ IN NS ns1
ns1 IN A 192.0.2.1
sub IN NS h1.x1.sub
${glue.join("\n")}
deep.er.tail IN A 192.0.2.1
`;
  const records = readZoneFile(text, name("links.test."));
  if (!records.ok) throw new Error(JSON.stringify(records.error));
  const sets = records.value.map(({ owner, type, ttl, rdata }) => ({ owner, type, ttl, rdatas: [rdata] }));
  const zone = zoneFromRRsets(name("links.test."), sets);
  if (!zone.ok) throw new Error(zone.error.text);
  const compiled = compileImage(zone.value, { treatment: "as-is" });
  if (!compiled.ok) throw new Error(compiled.error.text);
  return new ZoneImage(compiled.value);
}

test("names below a delegation do not each cost a walk back to it", () => {
  const zone = image();
  const looks = vi.spyOn(zone, "nodeFlags");
  const changed = Array.from({ length: CHANGED }, (_, i) => name(`h${GLUE - 1 - i}.x${GLUE - 1 - i}.sub.links.test.`));
  const links = nsecLinks(zone, changed);
  expect(links.map(({ owner, rdata }) => [owner, readNsec(rdata!).next])).toEqual([
    [name("sub.links.test."), name("deep.er.tail.links.test.")],
  ]);
  // One walk over what is below it, to the name behind.
  expect(looks.mock.calls.length).toBeLessThan(5 * GLUE);
});

test("empty non-terminals and what is below a delegation are passed over, back and forth", () => {
  const zone = image();
  const links = nsecLinks(zone, [
    name("deep.er.tail.links.test."),
    name("ns1.links.test."),
    name("gone.sub.links.test."),
  ]);
  const next = Object.fromEntries(links.map(({ owner, rdata }) => [String(owner), readNsec(rdata!).next]));
  const at = (text: string): string => String(name(text));
  expect(next).toEqual({
    [at("links.test.")]: name("ns1.links.test."),
    [at("ns1.links.test.")]: name("sub.links.test."),
    [at("sub.links.test.")]: name("deep.er.tail.links.test."),
    [at("deep.er.tail.links.test.")]: name("links.test."),
  });
});
