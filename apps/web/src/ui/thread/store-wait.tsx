import type { StatusView } from "@pli/engine/api";
import { useLivePart } from "../use-live.ts";
import { useWords } from "../language.tsx";
import { AwayNotice } from "../shell/connection/away.tsx";
import styles from "./thread.module.css";

/**
 * A conversation may live at another store than the app's own, and messages wait for that one. The
 * app's own has the banner.
 */
export function StoreWait({ conversation }: { conversation: string }) {
  const words = useWords();
  const status = useLivePart("status", {}, storeAndWaits).value;
  const waiting = status?.waitsFor?.find((one) => one.conversation === conversation);
  if (waiting?.away === undefined || waiting.store === status?.store) return null;
  return (
    <div className={styles["notice"]}>
      <AwayNotice away={waiting.away}>{words.away.thread}</AwayNotice>
    </div>
  );
}

const storeAndWaits = ({ connection, waitsFor }: StatusView) => ({ store: connection.store, waitsFor });
