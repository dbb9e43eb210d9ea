/** What a primary's SOA answer says about that primary: does it lag, has it gone backwards, does it disagree with the others. Pure. */
import { serialCompare } from "#zone";
import type {
  PeerFailure,
  PeerId,
  PeerVerdict,
  PeerView,
  RefreshReport,
  RefreshState,
  SoaOutcome,
} from "./refresh-state.ts";
import { REMIND_SECONDS } from "./refresh-timing.ts";

type Answer = Extract<SoaOutcome, { kind: "serial" }>;

/** `order`: `serialCompare` of the answered serial with the stored one; 1 when nothing is stored. */
export function judgePeer(
  state: RefreshState,
  peer: PeerId,
  answer: Answer,
  order: -1 | 0 | 1 | undefined,
): PeerVerdict {
  if (order === 1) return "ahead";
  if (order === 0) return answer.differs === undefined ? "same" : "disagrees";
  const before = state.views[peer];
  if (before !== undefined && serialCompare(answer.serial, before.serial) === -1) return "backwards";
  if (before?.verdict === "backwards") return "backwards";
  return elsewhere(state, peer) ? "lags" : "backwards";
}

/** Whether what is stored is known to come from, or to be at, another primary than this one. */
function elsewhere(state: RefreshState, peer: PeerId): boolean {
  const { source, views, serial, settings } = state;
  if (source === peer) return false;
  if (source !== undefined && settings.peers.includes(source)) return true;
  return Object.entries(views).some(
    ([id, view]) => id !== peer && (view.serial === serial || view.verdict === "same" || view.verdict === "ahead"),
  );
}

/** The view to keep of `peer`, and what is worth telling: changes, and once a day what stays bad. */
export function viewOf(
  state: RefreshState,
  peer: PeerId,
  answer: Answer,
  verdict: PeerVerdict,
  now: number,
): { readonly view: PeerView; readonly report: RefreshReport | undefined } {
  const { serial } = answer;
  const before = state.views[peer];
  const bad = verdict === "lags" || verdict === "backwards" || verdict === "disagrees";
  if (!bad) {
    const was = before?.toldAt !== undefined;
    return {
      view: { serial, verdict, toldAt: undefined },
      report: was ? { kind: "peer-agrees", peer, serial } : undefined,
    };
  }
  const toldAt = before?.toldAt;
  const known = toldAt !== undefined && before?.verdict === verdict && now < toldAt + REMIND_SECONDS;
  // One that lags moves on with every version and still lags: the serial is no news. A serial that goes back again is.
  if (known && (verdict !== "backwards" || before?.serial === serial)) {
    return { view: { serial, verdict, toldAt }, report: undefined };
  }
  return { view: { serial, verdict, toldAt: now }, report: reportOf(state, peer, answer, verdict) };
}

function reportOf(state: RefreshState, peer: PeerId, answer: Answer, verdict: PeerVerdict): RefreshReport {
  const { serial } = answer;
  const ours = state.serial ?? serial;
  if (verdict === "disagrees") return { kind: "peer-disagrees", peer, serial, about: answer.differs ?? "soa" };
  if (verdict === "lags") return { kind: "peer-lags", peer, serial, ours };
  const undefinedOrder = serialCompare(serial, ours) === undefined;
  return { kind: "serial-backwards", peer, serial, ours, undefinedOrder };
}

/** That nobody confirms what is served is told once, again when others are silent than before, and once a day while it stays so. */
export function unconfirmedBy(state: RefreshState, failures: readonly PeerFailure[], now: number) {
  const before = state.unconfirmed;
  const silent = failures
    .map(({ peer }) => peer)
    .sort()
    .join(" ");
  const known = before !== undefined && before.silent === silent && now < before.toldAt + REMIND_SECONDS;
  return { known, unconfirmed: known ? before : { silent, toldAt: now } };
}
