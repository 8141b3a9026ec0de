import type { PairingView } from "@pli/engine/api";
import { useNaming } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { HomeLink } from "../base/home-link.tsx";
import { Notice } from "../base/notice.tsx";
import { Stack } from "../base/page.tsx";
import { useApi } from "../client.tsx";
import { WriteIcon } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
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

/** It came to nothing: why, in plain words, and how to begin again. */
export function Failed({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const api = useApi();
  const sentence = useErrorSentence();
  const { invite, busy } = useInvite();
  const code = pairing.error ?? "internal";
  const again = () => {
    void api.cancelPairing({ pairing: pairing.id }).catch(() => undefined);
    if (pairing.role === "inviter") invite();
    else navigate("/accept", { replace: true });
  };
  return (
    <Stack>
      <Notice kind={code === "code_wrong" ? "danger" : "warn"} alert>
        {code === "code_wrong" ? words.pairingEnd.burnedText : sentence(code)}
      </Notice>
      <div className={styles["actions"]}>
        <Button kind="primary" busy={busy} onClick={again}>
          {words.pairingEnd.again}
        </Button>
        <HomeLink />
      </div>
    </Stack>
  );
}
