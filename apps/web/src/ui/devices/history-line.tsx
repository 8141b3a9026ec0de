import type { HistoryView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { DeviceIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useLivePart } from "../use-live.ts";
import type { Words } from "../../words/index.ts";
import styles from "../conversations/lock-offer.module.css";

type Incoming = NonNullable<HistoryView["incoming"]>;

const incomingOf = ({ incoming }: HistoryView): Incoming | undefined => incoming;
const enteringOf = ({ conversations }: HistoryView): HistoryView["conversations"] => conversations;
const outgoingOf = ({ outgoing }: HistoryView): HistoryView["outgoing"] => outgoing;

/**
 * Above the conversations of a device that was linked: how many of them, and how much of what was
 * said before, is here.
 */
export function HistoryLine() {
  const { devices } = useWords();
  const incoming = useLivePart("history", {}, incomingOf).value;
  const entering = useLivePart("history", {}, enteringOf).value;
  const isComing = incoming !== undefined && incoming.step !== "complete" && incoming.step !== "gone";
  if (entering === undefined && !isComing) return null;
  return (
    <Link to="/settings/devices" className={styles["offer"] ?? ""}>
      <DeviceIcon size={18} />
      <span>
        {entering !== undefined && `${devices.entering(entering.here, entering.all)} `}
        {isComing && sentenceOf(devices, incoming)}
      </span>
    </Link>
  );
}

/** The same among the devices, and what other devices have yet to get from this one. */
export function HistoryNotice({ nameOf }: { nameOf(device: string): string | undefined }) {
  const { devices } = useWords();
  const incoming = useLivePart("history", {}, incomingOf).value;
  const outgoing = useLivePart("history", {}, outgoingOf).value ?? [];
  const entering = useLivePart("history", {}, enteringOf).value;
  return (
    <>
      {entering !== undefined && (
        <Notice title={devices.enteringTitle}>
          <span>{devices.entering(entering.here, entering.all)}</span> <span>{devices.enteringHow}</span>
        </Notice>
      )}
      {incoming !== undefined && incoming.step !== "complete" && (
        <Notice title={devices.historyTitle}>
          <span>{sentenceOf(devices, incoming)}</span>{" "}
          {incoming.step !== "gone" && <span>{devices.historyHow(nameOf(incoming.from))}</span>}
        </Notice>
      )}
      {outgoing.map(({ device, messages, sent }) => (
        <Notice key={device} title={devices.historyTitle}>
          {devices.historySent(nameOf(device) ?? devices.unnamed, sent, messages)}
        </Notice>
      ))}
    </>
  );
}

function sentenceOf(devices: Words["devices"], { step, messages, messagesDone }: Incoming): string {
  if (step === "asked") return devices.historyAsked;
  if (step === "gone") return devices.historyGone;
  return devices.historyComing(messagesDone, messages);
}
