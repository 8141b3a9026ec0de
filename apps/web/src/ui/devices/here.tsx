import { useState, type FormEvent } from "react";
import type { PairingView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { NameField } from "../base/field.tsx";
import { Notice } from "../base/notice.tsx";
import { Quiet, Stack } from "../base/page.tsx";
import { useApi } from "../client.ts";
import { DeviceIcon, ShieldIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { CodeExchange } from "../pairing/code.tsx";
import { Handover } from "../pairing/handover.tsx";
import { StopButton } from "../pairing/stop.tsx";
import { PairingWait } from "../pairing/wait.tsx";
import { useNow } from "../shell/now.ts";
import { useTitle } from "../shell/title.tsx";
import { useAction } from "../use-action.ts";
import { useLive } from "../use-live.ts";
import { deviceGuess } from "./guess.ts";
import start from "../start/start.module.css";

/** The link by which this device becomes one of somebody's own, if one is under way. */
export function useOwnLink(): PairingView | undefined {
  return useLive("devicePairings", {})?.find(({ role }) => role === "inviter");
}

/** On a device that is nobody's yet: a name for it, then its link, then the digits. */
export function LinkHere({ pairing, onBack }: { pairing: PairingView | undefined; onBack: () => void }) {
  const { app, devices } = useWords();
  useTitle(app.name);
  const isVerifying = pairing?.step === "code" || pairing?.step === "confirming";
  return (
    <main className={start["whole"]}>
      <div className={start["column"]} key={pairing?.step}>
        <DeviceIcon size={56} />
        <h1>{isVerifying ? devices.code.title("") : devices.hereTitle}</h1>
        <Step pairing={pairing} onBack={onBack} />
      </div>
    </main>
  );
}

function Step({ pairing, onBack }: { pairing: PairingView | undefined; onBack: () => void }) {
  switch (pairing?.step) {
    case undefined:
      return <NameIt onBack={onBack} />;
    case "failed":
      return <Failed pairing={pairing} />;
    case "opening":
    case "waiting":
      return <Shown pairing={pairing} />;
    case "code":
    case "confirming":
    case "paired":
      if (pairing.step === "confirming" && pairing.until !== undefined) return <Later until={pairing.until} />;
      return <CodeExchange pairing={pairing} />;
  }
}

/** The digits were right, and nobody showed on the other device that it is this person. */
function Later({ until }: { until: number }) {
  const { devices } = useWords();
  const format = useFormat();
  return <Notice icon={<ShieldIcon size={20} />}>{devices.comesHere(format.dateTime(until))}</Notice>;
}

function NameIt({ onBack }: { onBack: () => void }) {
  const { devices } = useWords();
  const api = useApi();
  const [name, setName] = useState(deviceGuess);
  const { run, busy, error, clear } = useAction(() => api.linkThisDevice({ name }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <p className={start["lead"]}>{devices.hereLead}</p>
        <NameField
          className={start["field"] ?? ""}
          label={devices.hereName}
          hint={devices.nameHint}
          error={error}
          value={name}
          onName={(typed) => {
            clear();
            setName(typed);
          }}
        />
        <Button kind="primary" type="submit" wide busy={busy}>
          {devices.hereGo}
        </Button>
        <Button kind="quiet" wide onClick={onBack}>
          {devices.hereBack}
        </Button>
      </Stack>
    </form>
  );
}

/** The link to scan or to paste on the other device. */
function Shown({ pairing }: { pairing: PairingView }) {
  const { devices } = useWords();
  const format = useFormat();
  const now = useNow();
  const { link } = pairing;
  if (link === undefined) {
    return (
      <>
        <PairingWait pairing={pairing} text={devices.preparing} detail={devices.preparingText} away={devices.notLeft} />
        <StopButton pairing={pairing} />
      </>
    );
  }
  return (
    <>
      <p className={start["lead"]}>{devices.showLead}</p>
      <Handover link={link} qr={devices.qr} label={devices.link} />
      <Notice icon={<ShieldIcon size={20} />}>{devices.why}</Notice>
      <PairingWait pairing={pairing} text={devices.waitingOld} detail={devices.waitingOldText} away={devices.away} />
      <Quiet>{devices.expires(format.until(pairing.expiresAt, now))}</Quiet>
      <StopButton pairing={pairing} />
    </>
  );
}

function Failed({ pairing }: { pairing: PairingView }) {
  const { devices } = useWords();
  const api = useApi();
  const sentence = useErrorSentence();
  return (
    <>
      <Notice kind="warn" title={devices.failed} alert>
        {sentence(pairing.error ?? "internal")}
      </Notice>
      <Button
        kind="primary"
        wide
        onClick={() => void api.cancelPairing({ pairing: pairing.id }).catch(() => undefined)}
      >
        {devices.again}
      </Button>
    </>
  );
}
