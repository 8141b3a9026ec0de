import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { Empty } from "../base/empty.tsx";
import { HomeLink } from "../base/home-link.tsx";
import { Page } from "../base/page.tsx";
import { useLiveState } from "../use-live.ts";
import { useWords } from "../language.tsx";
import { usePlace } from "../router.tsx";
import type { Words } from "../../words/index.ts";
import { DeviceStep, deviceTitle } from "../devices/exchange.tsx";
import { CodeExchange } from "./code.tsx";
import { Failed, isBurned, Paired } from "./end.tsx";
import { Invitation } from "./invite.tsx";
import { OWN, OwnNotice } from "./own.tsx";
import { StopButton } from "./stop.tsx";
import { PairingWait } from "./wait.tsx";

function titleOf(pairing: PairingView | undefined, words: Words): string {
  if (pairing === undefined) return words.pairingEnd.gone;
  if (pairing.purpose === "device") return deviceTitle(pairing, words);
  const { step, role } = pairing;
  const peer = shownName(pairing.peer ?? "");
  if (step === "paired") return peer;
  if (step === "failed") return isBurned(pairing) ? words.pairingEnd.burned : words.pairingEnd.failed;
  if (step === "code" || step === "confirming") return words.code.title(peer);
  if (role === "inviter") return words.invite.title;
  return peer === "" ? words.accept.title : words.accept.invites(peer);
}

/** One pairing, whatever its step: it may be left and taken up again at any moment. */
export function PairingScreen({ id }: { id: string }) {
  const words = useWords();
  const { ready, value: pairing } = useLiveState("pairing", { id });
  const isOwn = usePlace().query === OWN;
  if (!ready) return null;
  return (
    <Page key={pairing?.step} title={titleOf(pairing, words)} plainTitle={words.invite.plain} parent="/" parentBeside>
      {isOwn && pairing !== undefined && <OwnNotice pairing={pairing} />}
      {pairing === undefined && <Gone />}
      {pairing?.purpose === "device" && <DeviceStep pairing={pairing} />}
      {pairing?.purpose === "person" && <Step pairing={pairing} />}
    </Page>
  );
}

function Step({ pairing }: { pairing: PairingView }) {
  switch (pairing.step) {
    case "code":
    case "confirming":
      return <CodeExchange pairing={pairing} />;
    case "paired":
      return <Paired pairing={pairing} />;
    case "failed":
      return <Failed pairing={pairing} />;
    case "opening":
    case "waiting":
      return pairing.role === "inviter" ? <Invitation pairing={pairing} /> : <Coming pairing={pairing} />;
  }
}

/** The invited person's wait, between opening the invitation and the digits. */
function Coming({ pairing }: { pairing: PairingView }) {
  const words = useWords();
  const wait =
    pairing.step === "opening"
      ? { text: words.accept.opening }
      : { text: words.accept.waiting, detail: words.accept.waitingText };
  return (
    <>
      <PairingWait pairing={pairing} {...wait} away={words.accept.away} />
      <StopButton pairing={pairing} />
    </>
  );
}

function Gone() {
  const words = useWords();
  return (
    <Empty title={words.pairingEnd.gone} text={words.pairingEnd.goneText}>
      <HomeLink />
    </Empty>
  );
}
