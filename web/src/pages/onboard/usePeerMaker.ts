/** Saves a peer, and before it the TSIG that it is to use; a key made in an attempt that failed later is used in the next one. */
import { useState } from "react";
import { useWrite } from "../../fetch/hooks.ts";
import { CallFailed, type Failure } from "../../fetch/result.ts";
import { ONBOARD } from "../../texts/onboard.ts";
import type { PeerForm } from "./peer-form.ts";
import { makeTsigSecret, tsigNameFor } from "./tsig-secret.ts";

const TEXTS = ONBOARD.primary;

export function usePeerMaker(accountId: string | undefined, zoneName: string) {
  const params = { accountId: accountId ?? "" };
  const createKey = useWrite("tsigs.create", { changes: ["tsigs.list"] });
  const createPeer = useWrite("peers.create", { changes: ["peers.list"] });
  const updatePeer = useWrite("peers.update", { changes: ["peers.list"] });
  const [keyMade, setKeyMade] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [failedAt, setFailedAt] = useState<string>();

  const keyFor = async (choice: PeerForm["key"]): Promise<string | undefined> => {
    if (choice === "none") return undefined;
    if (choice !== "make") return choice.slice("key:".length);
    if (keyMade !== undefined) return keyMade;
    const body = { name: tsigNameFor(zoneName), algo: "hmac-sha256.", secret: makeTsigSecret() };
    const { id } = await createKey.mutateAsync({ params, body });
    setKeyMade(id);
    return id;
  };

  return {
    failure,
    failedAt,
    pending: createKey.isPending || createPeer.isPending || updatePeer.isPending,
    /** The peer's id; undefined when it could not be saved. */
    async make({ ip, port, ixfr, key }: PeerForm): Promise<string | undefined> {
      setFailure(undefined);
      try {
        setFailedAt(TEXTS.failedKey);
        const tsig_id = await keyFor(key);
        setFailedAt(TEXTS.failedPeer);
        const name = `${ip.trim()} for ${zoneName}`.slice(0, 255);
        const body = { name, ip: ip.trim(), port, ixfr_enable: ixfr, tsig_id };
        // As the provider's clients do it: a peer is made by its name and then told the rest.
        const { id } = await createPeer.mutateAsync({ params, body });
        await updatePeer.mutateAsync({ params: { ...params, peerId: id }, body });
        return id;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        setFailure(error.failure);
        return undefined;
      }
    },
  };
}
