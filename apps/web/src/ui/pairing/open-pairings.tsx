import type { PairingView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { pairingAddress } from "../address.ts";
import { Button } from "../base/button.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { OpenList } from "../conversations/open-list.tsx";
import { InviteIcon, WarningIcon } from "../icons.tsx";
import { useFormat, useWords, type Localization } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { endOf, labelOf } from "./news.ts";

/** How many of those that have ended are shown; all can be put away together. */
const ENDED_SHOWN = 3;
/** How many characters of a link are shown: its last ones. */
const LINK_END = 4;

type LineContext = Pick<Localization, "words" | "format"> & { now: number };

const isOver = ({ step }: PairingView): boolean => step === "failed";

function lineOf(pairing: PairingView, { words }: LineContext): string {
  const { step, peer, role, name, link, waitsFor } = pairing;
  if (isOver(pairing)) return words.pair.ended(labelOf(pairing), endOf(pairing, words));
  if ((step === "code" || step === "confirming") && peer !== undefined) return words.pair.openCode(shownName(peer));
  if (role === "responder" && peer !== undefined) return words.accept.invites(shownName(peer));
  if (role === "inviter" && link === undefined)
    return waitsFor === undefined ? words.invite.preparing : words.pair.openNotLeft(shownName(name));
  if (step === "opening") return waitsFor === undefined ? words.pair.openOpening : words.pair.openNoAnswer;
  return name === "" ? words.pair.openWaiting : words.pair.openWaitingFor(shownName(name));
}

/** When it began or ended; and what distinguishes it, or what one can do. */
function detailOf(pairing: PairingView, { words, format, now }: LineContext): string {
  const { createdAt, endedAt, role, name, link } = pairing;
  const when = format.moment(endedAt ?? createdAt, now);
  if (isOver(pairing)) return words.pair.endedAt(when, role === "inviter");
  return name === "" && link !== undefined ? words.pair.linkEnds(when, link.slice(-LINK_END)) : when;
}

/** Invitations that wait for somebody, and those that came to nothing until they are put away. */
export function OpenPairings() {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const pairings = useLive("pairings", {}) ?? [];
  const ended = pairings.filter(isOver);
  const shown = [...pairings.filter((one) => !isOver(one)), ...ended.slice(0, ENDED_SHOWN)];
  const rows = shown.map((pairing) => ({
    to: pairingAddress(pairing.id),
    icon: isOver(pairing) ? <WarningIcon size={20} /> : <InviteIcon size={20} />,
    line: lineOf(pairing, { words, format, now }),
    at: pairing.endedAt ?? pairing.createdAt,
    when: detailOf(pairing, { words, format, now }),
  }));
  return <OpenList title={words.pair.open} rows={rows} foot={ended.length > 1 && <PutAway ended={ended} />} />;
}

function PutAway({ ended }: { ended: readonly PairingView[] }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  return (
    <Button kind="quiet" onClick={() => toasts.attempt(putAway(api, ended))}>
      {words.pair.putAway}
    </Button>
  );
}

async function putAway(api: PliApi, ended: readonly PairingView[]): Promise<void> {
  for (const { id } of ended) await api.cancelPairing({ pairing: id });
}
