import type { PairingView } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { Button } from "../base/button.tsx";
import { HomeLink } from "../base/home-link.tsx";
import { Notice } from "../base/notice.tsx";
import { Actions, Stack } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { DeviceIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { CodeExchange } from "../pairing/code.tsx";
import { StopButton } from "../pairing/stop.tsx";
import { PairingWait } from "../pairing/wait.tsx";
import { navigate } from "../router.tsx";
import type { Words } from "../../words/index.ts";
import pairing from "../pairing/pairing.module.css";
import styles from "./devices.module.css";

/** The title of the page on which a device is let in. */
export function deviceTitle({ step, peer = "" }: PairingView, words: Words): string {
  if (step === "failed") return words.devices.failed;
  if (step === "code" || step === "confirming") return words.devices.code.title(nameForQuotes(peer));
  return words.devices.addTitle;
}

/** Letting a device in, on one that is there already: what is about to happen is said first. */
export function DeviceStep({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const { devices } = words;
  const name = nameForQuotes(pairing.peer ?? "");
  switch (pairing.step) {
    case "code":
    case "confirming":
      if (pairing.until !== undefined) return <ComesIn name={name} until={pairing.until} />;
      return (
        <>
          <Notice kind="warn" icon={<DeviceIcon size={20} />} title={devices.confirm(name)}>
            {devices.confirmText}
          </Notice>
          <CodeExchange pairing={pairing} />
        </>
      );
    case "paired":
      return <Added name={name} />;
    case "failed":
      return <NotAdded pairing={pairing} />;
    case "opening":
    case "waiting":
      return (
        <>
          <PairingWait
            pairing={pairing}
            text={pairing.step === "opening" ? devices.opening : devices.waitingNew}
            detail={devices.waitingNewText}
            away={devices.away}
          />
          <StopButton pairing={pairing} />
        </>
      );
  }
}

/** The digits were right, and nobody showed here that it is this person. */
function ComesIn({ name, until }: { name: string; until: number }) {
  const { devices } = useWords();
  const format = useFormat();
  return (
    <Stack>
      <Notice kind="warn" icon={<DeviceIcon size={20} />} title={devices.comesTitle(name)}>
        {devices.comesText(format.dateTime(until))}
      </Notice>
      <Button kind="primary" onClick={() => navigate("/settings/devices", { replace: true })}>
        {devices.doneGo}
      </Button>
    </Stack>
  );
}

function Added({ name }: { name: string }) {
  const { devices } = useWords();
  return (
    <div className={pairing["done"]} role="status">
      <span className={styles["added"]}>
        <DeviceIcon size={48} />
      </span>
      <h2>{devices.done(name)}</h2>
      <p>{devices.doneText}</p>
      <Button kind="primary" onClick={() => navigate("/settings/devices", { replace: true })}>
        {devices.doneGo}
      </Button>
    </div>
  );
}

function NotAdded({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const api = useApi();
  const sentence = useErrorSentence();
  const leave = (to: string) => {
    void api.cancelPairing({ pairing: pairing.id }).catch(() => undefined);
    navigate(to, { replace: true });
  };
  return (
    <Stack>
      <Notice kind="warn" alert>
        {sentence(pairing.error ?? "internal")}
      </Notice>
      <Actions>
        <Button kind="primary" onClick={() => leave("/settings/devices/add")}>
          {words.devices.again}
        </Button>
        <Button onClick={() => leave("/settings/devices")}>{words.pairingEnd.putAway}</Button>
        <HomeLink />
      </Actions>
    </Stack>
  );
}
