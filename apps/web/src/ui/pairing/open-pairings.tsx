import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { useLive } from "../client.tsx";
import { OpenList } from "../conversations/open-list.tsx";
import { InviteIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import type { Words } from "../../words/index.ts";

function lineOf({ step, peer, role }: PairingView, words: Words): string {
  if ((step === "code" || step === "confirming") && peer !== undefined) return words.pair.openCode(shownName(peer));
  if (step === "opening") return words.pair.openOpening;
  return role === "responder" && peer !== undefined ? words.accept.invites(shownName(peer)) : words.pair.openWaiting;
}

/** Invitations that wait for somebody. */
export function OpenPairings() {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const pairings = useLive("pairings", {}) ?? [];
  const rows = pairings.map((pairing) => ({
    to: `/pairing/${pairing.id}`,
    icon: <InviteIcon size={20} />,
    line: lineOf(pairing, words),
    at: pairing.createdAt,
    when: format.moment(pairing.createdAt, now),
  }));
  return <OpenList title={words.pair.open} rows={rows} />;
}
