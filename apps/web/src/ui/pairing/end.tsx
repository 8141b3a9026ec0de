import type { PairingView } from "@pli/engine/api";
import { useNaming } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { HomeLink } from "../base/home-link.tsx";
import { Notice } from "../base/notice.tsx";
import { Actions, Quiet, Stack } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { WriteIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { labelOf } from "./news.ts";
import { useInvite } from "./ways.tsx";
import styles from "./pairing.module.css";

/** Both typed the other's digits. */
export function Paired({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const { nameOf } = useNaming();
  const { peer = "", contact = "", conversation = "" } = pairing;
  return (
    <div className={styles["done"]} role="status">
      <Avatar id={contact} name={peer} size="large" />
      <TrustDots level={3} />
      <h2>{words.pairingEnd.done(nameOf({ id: contact, name: peer }))}</h2>
      <p>{words.pairingEnd.doneText}</p>
      <Button
        kind="primary"
        icon={<WriteIcon />}
        onClick={() => navigate(conversationAddress(conversation), { replace: true })}
      >
        {words.pairingEnd.write}
      </Button>
    </div>
  );
}

/** Three wrong codes were typed, on either side. */
export const isBurned = ({ error }: PairingView): boolean => error === "code_wrong" || error === "pairing_burned";

/** It came to nothing: why, in plain words, and how to begin again. */
export function Failed({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const api = useApi();
  const sentence = useErrorSentence();
  const format = useFormat();
  const now = useNow();
  const { invite, busy } = useInvite();
  const code = pairing.error ?? "internal";
  const isInviter = pairing.role === "inviter";
  const putAway = () => void api.cancelPairing({ pairing: pairing.id }).catch(() => undefined);
  const again = () => {
    putAway();
    if (isInviter) invite(pairing.name);
    else navigate("/accept", { replace: true });
  };
  const leave = () => {
    putAway();
    navigate("/", { replace: true });
  };
  return (
    <Stack>
      <Notice kind={isBurned(pairing) ? "danger" : "warn"} alert>
        {code === "code_wrong" ? words.pairingEnd.burnedText : sentence(code)}
      </Notice>
      <Quiet>{words.pairingEnd.when(labelOf(pairing), format.moment(pairing.endedAt ?? pairing.createdAt, now))}</Quiet>
      <Actions>
        <Button kind="primary" busy={busy} onClick={again}>
          {isInviter ? words.pairingEnd.again : words.pairingEnd.newLink}
        </Button>
        <Button onClick={leave}>{words.pairingEnd.putAway}</Button>
        <HomeLink />
      </Actions>
    </Stack>
  );
}
