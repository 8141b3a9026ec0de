import type { PairingView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { Notice } from "../base/notice.tsx";
import { Quiet } from "../base/page.tsx";
import { ShareIcon, ShieldIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { Handover } from "./handover.tsx";
import { NameInvitation } from "./name.tsx";
import { StopButton } from "./stop.tsx";
import { PairingWait } from "./wait.tsx";
import styles from "./pairing.module.css";

/**
 * An invitation to hand over: a code to scan, a link to send, and why digits will be read aloud.
 */
export function Invitation({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const { link } = pairing;
  if (link === undefined) return <Preparing pairing={pairing} />;
  return (
    <>
      <p>{words.invite.lead}</p>
      <Handover link={link} qr={words.invite.qr} label={words.invite.link}>
        {"share" in navigator && <Share link={link} />}
      </Handover>
      <NameInvitation pairing={pairing} />
      <Notice icon={<ShieldIcon size={20} />}>{words.invite.why}</Notice>
      <PairingWait
        pairing={pairing}
        text={words.invite.waiting}
        detail={words.invite.waitingText}
        away={words.invite.awayText}
      />
      <div className={styles["foot"]}>
        <Quiet>{words.invite.expires(format.until(pairing.expiresAt, now))}</Quiet>
        <StopButton pairing={pairing} />
      </div>
    </>
  );
}

/** The link is shown once the server has what it leads to. Until then it says what it waits for. */
function Preparing({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  return (
    <>
      <PairingWait
        pairing={pairing}
        text={words.invite.preparing}
        detail={words.invite.preparingText}
        away={words.invite.notLeft}
      />
      <NameInvitation pairing={pairing} />
      <StopButton pairing={pairing} />
    </>
  );
}

function Share({ link }: { link: string }) {
  const words = useWords();
  const share = () => {
    // Refused or given up: the link is still there to be copied.
    navigator.share({ text: words.invite.shareText, url: link }).catch(() => undefined);
  };
  return (
    <Button icon={<ShareIcon />} onClick={share}>
      {words.invite.share}
    </Button>
  );
}
