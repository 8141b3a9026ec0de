import { useState } from "react";
import type { PairingView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { Confirm } from "../base/dialog.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import styles from "./pairing.module.css";

/** Ends a pairing for good, after asking. */
export function StopButton({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const verifying = pairing.step === "code" || pairing.step === "confirming";
  const isDevice = pairing.purpose === "device";
  const { stop: label, stopAsk: title, stopText: text, stopKeep: keep } = isDevice ? words.devices.code : words.code;
  const { cancel, cancelAsk, cancelText, cancelKeep } = words.invite;
  const said =
    verifying || isDevice
      ? { label, title, text, keep }
      : { label: cancel, title: cancelAsk, text: cancelText, keep: cancelKeep };
  const stop = () => {
    navigate(isDevice ? "/settings/devices" : "/new", { replace: true });
    toasts.attempt(api.cancelPairing({ pairing: pairing.id }));
  };
  return (
    <div className={styles["stop"]}>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {said.label}
      </Button>
      <Confirm
        open={asking}
        title={said.title}
        text={said.text}
        confirm={said.label}
        keep={said.keep}
        danger
        onClose={() => setAsking(false)}
        onConfirm={stop}
      />
    </div>
  );
}
