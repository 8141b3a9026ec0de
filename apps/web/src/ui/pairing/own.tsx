import type { PairingView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { useWords } from "../language.tsx";

/** Behind the address of an invitation that was opened by who made it. */
export const OWN = "?own";

/** The link that was opened is one's own: nothing has happened to it. */
export function OwnNotice({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const { step, link } = pairing;
  const text = step === "waiting" && link !== undefined ? words.invite.ownText : words.invite.ownLater;
  return (
    <Notice title={words.invite.own} alert>
      {text}
    </Notice>
  );
}
