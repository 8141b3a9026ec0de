import type { ConversationView } from "@pli/engine/api";
import type { HostState } from "@pli/engine-web";
import { useClient } from "../client.ts";
import { useLivePart } from "../use-live.ts";
import { ConversationsPane } from "../conversations/pane.tsx";
import { useWords } from "../language.tsx";
import { usePairingToasts } from "../pairing/news.ts";
import { usePlace } from "../router.tsx";
import { Welcome } from "../start/welcome.tsx";
import { useAutoLock } from "./auto-lock.ts";
import { Banner } from "./connection/banner.tsx";
import { Jump } from "./jump.tsx";
import { useMedia, WIDE } from "./media.ts";
import { useNotifications } from "./notifications/notify.ts";
import { useReconnect } from "./connection/reconnect.ts";
import { Screen } from "./screen.tsx";
import { useSight } from "./sight.ts";
import { useUnreadTitle } from "./title.tsx";
import styles from "./shell.module.css";

/** Texts to read in all conversations that are neither muted nor blocked. */
const unreadIn = (conversations: readonly ConversationView[]): number =>
  conversations.reduce((sum, { unread, muted, blocked }) => (muted || blocked ? sum : sum + unread), 0);

/**
 * Everything once a profile is open: the list and a screen, side by side where there is room, one
 * at a time otherwise.
 */
export function Shell({ lock, name }: { lock: HostState["lock"]; name: string }) {
  const words = useWords();
  const { host } = useClient();
  const { path } = usePlace();
  useAutoLock(host, lock);
  useNotifications(useSight());
  usePairingToasts();
  useReconnect();
  useUnreadTitle(useLivePart("conversations", {}, unreadIn).value ?? 0);
  const listOnly = !useMedia(WIDE) && path === "/";
  if (path === "/welcome") return <Welcome name={name} />;
  return (
    <div className={styles["shell"]}>
      {!listOnly && (
        <a href="#main" className={styles["skip"]} onClick={skip}>
          {words.app.skip}
        </a>
      )}
      <Banner />
      <div className={styles["body"]} data-home={path === "/" || undefined}>
        <div className={styles["side"]} role={listOnly ? "main" : undefined}>
          <ConversationsPane current={/^\/c\/([^/]+)/u.exec(path)?.[1]} />
        </div>
        <main id="main" className={styles["main"]} tabIndex={-1} data-quiet-focus>
          <Screen path={path} />
        </main>
      </div>
      <Jump />
    </div>
  );
}

/** Moves the focus without leaving a fragment in the address. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
