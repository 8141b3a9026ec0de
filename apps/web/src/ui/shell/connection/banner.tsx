import { useEffect, useState } from "react";
import type { StatusView } from "@pli/engine/api";
import { Button } from "../../base/button.tsx";
import { useApi } from "../../client.ts";
import { useLivePart } from "../../use-live.ts";
import { ClockIcon, OfflineIcon, WarningIcon } from "../../icons.tsx";
import { useErrorSentence, useFormat, useWords, type Localization } from "../../language.tsx";
import { NextTry, useNetwork } from "./next-try.tsx";
import styles from "./banner.module.css";

/** What deserves a line above everything else, the gravest first. */
export type Alarm =
  | { kind: "device"; code: string }
  | { kind: "clock"; seconds: number }
  | { kind: "store"; code: string }
  | { kind: "offline"; nextTry: number | undefined }
  | { kind: "connecting" }
  | { kind: "catchUp"; done: number; total: number };

export function alarmOf(status: StatusView): Alarm | undefined {
  const { connection } = status;
  if (status.trouble !== undefined) return { kind: "device", code: status.trouble };
  if (status.clockSkew !== undefined) return { kind: "clock", seconds: status.clockSkew };
  if (connection.error !== undefined && connection.error !== "store_unreachable")
    return { kind: "store", code: connection.error };
  // While it is called again it still does not answer.
  const isAway =
    connection.state === "offline" || (connection.state === "connecting" && connection.error !== undefined);
  if (isAway) return { kind: "offline", nextTry: connection.nextTry };
  if (connection.catchUp !== undefined) return { kind: "catchUp", ...connection.catchUp };
  return connection.state === "connecting" ? { kind: "connecting" } : undefined;
}

/** A short wait before small alarms show: most of them are gone within a second. */
const PATIENCE_MS = 1500;

function useSettled(alarm: Alarm | undefined): Alarm | undefined {
  const small = alarm?.kind === "connecting" || alarm?.kind === "catchUp" || alarm?.kind === "offline";
  const [patient, setPatient] = useState(false);
  useEffect(() => {
    if (!small) return undefined;
    const timer = setTimeout(() => setPatient(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setPatient(false);
    };
  }, [small]);
  return small && !patient ? undefined : alarm;
}

function textOf(
  alarm: Alarm,
  { words, format, sentence, network }: Localization & { network: boolean },
): { title: string; text?: string } {
  switch (alarm.kind) {
    case "device":
      return { title: words.banner.device, text: sentence(alarm.code) };
    case "clock":
      return { title: words.banner.clock, text: words.banner.clockText(format.duration(alarm.seconds)) };
    case "store":
      return { title: words.banner.trouble, text: sentence(alarm.code) };
    case "offline":
      return network
        ? { title: words.banner.offline, text: words.banner.offlineText }
        : { title: words.banner.noNetwork, text: words.banner.noNetworkText };
    case "connecting":
      return { title: words.banner.connecting };
    case "catchUp":
      return { title: words.banner.catchUp, text: `${format.number(alarm.done)} / ${format.number(alarm.total)}` };
  }
}

const ICONS = {
  device: WarningIcon,
  store: WarningIcon,
  clock: ClockIcon,
  offline: OfflineIcon,
  connecting: ClockIcon,
  catchUp: ClockIcon,
};

const alarmAndPending = (status: StatusView) => ({ alarm: alarmOf(status), pending: status.pending });

export function Banner() {
  const api = useApi();
  const words = useWords();
  const format = useFormat();
  const sentence = useErrorSentence();
  const status = useLivePart("status", {}, alarmAndPending).value;
  const alarm = useSettled(status?.alarm);
  const network = useNetwork();
  const said = alarm === undefined ? undefined : textOf(alarm, { words, format, sentence, network });
  const Icon = alarm === undefined ? undefined : ICONS[alarm.kind];
  const grave = alarm?.kind === "device" || alarm?.kind === "store" || alarm?.kind === "clock";
  return (
    <div
      className={[styles["place"], said === undefined ? "" : styles["banner"], grave ? styles["grave"] : ""].join(" ")}
    >
      {Icon !== undefined && <Icon size={20} />}
      <p role="status">
        {said !== undefined && (
          <>
            <strong>{said.title}</strong> {said.text !== undefined && <span>{said.text}</span>}{" "}
            {status !== undefined && status.pending > 0 && (
              <span className={styles["pending"]}>{words.banner.pending(status.pending)}</span>
            )}
          </>
        )}
      </p>
      {(alarm?.kind === "offline" || alarm?.kind === "store") && (
        <div className={styles["next"]}>
          {alarm.kind === "offline" && <NextTry at={alarm.nextTry} />}
          <Button kind="quiet" onClick={() => void api.reconnect()}>
            {words.banner.reconnect}
          </Button>
        </div>
      )}
    </div>
  );
}
