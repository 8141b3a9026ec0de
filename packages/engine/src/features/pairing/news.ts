import type { PairingView } from "../../api/views.ts";
import type { PliApi } from "../../api/schema.ts";

/**
 * `answered`: the other side is there, and both have digits to read out. `ended`: it came to
 * nothing, `pairing.error` says why.
 */
export interface PairingNews {
  readonly what: "answered" | "ended";
  readonly pairing: PairingView;
}

/**
 * Tells what happens to invitations while nobody looks at them, at most twice of each: a link that
 * is opened again, or a second stop, is nothing new. What is there at the start is not told,
 * but, where `start` says so, that somebody waits. The returned function ends it.
 */
export function watchPairingNews(
  api: Pick<PliApi, "watch">,
  tell: (news: PairingNews) => void,
  start: "answersTold" | "untold" = "untold",
): () => void {
  let known: ReadonlyMap<string, PairingNews["what"]> | undefined;
  return api.watch("pairings", {}, (pairings) => {
    const all = pairings.flatMap((pairing) => newsOf(pairing) ?? []);
    const isOld = ({ what, pairing }: PairingNews): boolean =>
      known === undefined ? start === "untold" || what === "ended" : known.get(pairing.id) === what;
    const news = all.filter((one) => !isOld(one));
    known = new Map(all.map(({ pairing, what }) => [pairing.id, what]));
    news.forEach(tell);
  });
}

function newsOf(pairing: PairingView): PairingNews | undefined {
  if (pairing.step === "failed") return { what: "ended", pairing };
  return pairing.step === "code" ? { what: "answered", pairing } : undefined;
}
