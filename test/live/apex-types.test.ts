/**
 * The NSEC at the apex of our own chain has to name just the types that are there, though DNSKEY, CDS and CDNSKEY stand
 * beside the image and come and go with the DNSSEC status. The case: another signer's CDS arrives without its KSK or
 * CDNSKEY; once we are disabled, there is a CDS and no CDNSKEY.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeReply } from "../differential/decode.ts";
import {
  type Countersign,
  missingPrograms,
  type Peer,
  queryUdp,
  startCountersign,
  startKnot,
  startUnbound,
} from "../peers/index.ts";

const missing = missingPrograms("knotd", "unbound");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";

const ZONE = "apex.example.";
const CDNSKEY = 60;
const RD = 0x0100;

const zone = {
  name: ZONE,
  text: `$TTL 60
${ZONE} IN SOA ns1.${ZONE} hostmaster.${ZONE} 1 3600 600 86400 60
${ZONE} IN NS ns1.${ZONE}
ns1.${ZONE} IN A 192.0.2.53
${ZONE} IN DNSKEY 256 3 13 oJMRESz5E4gYzS/q6XDrvU1qMPYIjCWzJaOau8XNEZeqCYKD5ar0IRd8KqXXFJkqmVfRvMGPmM1x8fGAa2XhSA==
${ZONE} IN CDS 4711 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
`,
};

describe.skipIf(missing.length > 0)(`types at the apex of our chain${leftOut}`, () => {
  let primary: Peer;
  let product: Countersign;
  let id = "";

  beforeAll(async () => {
    primary = await startKnot({ zones: [zone] });
    product = await startCountersign();
    id = await product.addZone({ name: ZONE, primary, mode: "live-chain" });
    await product.served(id, ZONE);
  });
  afterAll(async () => {
    await product?.stop();
    await primary?.stop();
  });

  const resolve = async () => {
    const { ds } = (await product.status(id)).dnssec;
    const unbound = await startUnbound({ trustAnchors: ds, stubs: [{ zone: ZONE, servers: [product] }] });
    try {
      const question = { name: ZONE, type: CDNSKEY, flags: RD, edns: { do: true } };
      const { rcode, flags, answer } = decodeReply(await queryUdp(unbound, question));
      return { rcode, ad: flags.ad, there: answer.length > 0 };
    } finally {
      await unbound.stop();
    }
  };

  test.each([
    ["live", { dnssec_multi_signer: false }, true],
    ["multi-signer", { dnssec_multi_signer: true }, true],
    ["multi-signer, disabled", { status: "disabled" }, false],
    ["live, disabled: the delete form", { dnssec_multi_signer: false }, true],
    ["multi-signer, disabled, again", { dnssec_multi_signer: true }, false],
    ["multi-signer, enabled", { status: "active" }, true],
  ] as const)("%s", async (_, edit, there) => {
    await product.call("PATCH", `/client/v4/zones/${id}/dnssec`, edit);
    expect(await resolve()).toEqual({ rcode: 0, ad: true, there });
  });
});
