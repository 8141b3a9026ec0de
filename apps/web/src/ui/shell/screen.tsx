import { Empty } from "../base/empty.tsx";
import { useLive, useLiveState } from "../client.tsx";
import { ContactScreen } from "../contact/contact.tsx";
import { EnvelopeIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { AcceptScreen } from "../pairing/accept.tsx";
import { NewScreen } from "../pairing/new.tsx";
import { PairingScreen } from "../pairing/pairing.tsx";
import { Link, matchPath } from "../router.tsx";
import { KnowledgeScreen } from "../settings/knowledge.tsx";
import { SettingsScreen } from "../settings/settings.tsx";
import { Thread } from "../thread/thread.tsx";
import { useTitle } from "./title.tsx";
import styles from "./shell.module.css";

/** The screen of an address. */
export function Screen({ path }: { path: string }) {
  const conversation = matchPath("/c/:id", path)?.["id"];
  if (conversation !== undefined) return <ThreadScreen id={conversation} />;
  const known = matchPath("/c/:id/contact", path)?.["id"];
  if (known !== undefined) return <KnownScreen id={known} />;
  const pairing = matchPath("/pairing/:id", path)?.["id"];
  if (pairing !== undefined) return <PairingScreen key={pairing} id={pairing} />;
  if (path === "/settings" || path.startsWith("/settings/")) return <SettingsScreen />;
  switch (path) {
    case "/":
      return <Home />;
    case "/new":
      return <NewScreen />;
    case "/accept":
      return <AcceptScreen />;
    case "/knowledge":
      return <KnowledgeScreen />;
    default:
      return <NotFound />;
  }
}

function ThreadScreen({ id }: { id: string }) {
  const { ready, value } = useLiveState("conversation", { id });
  if (value !== undefined) return <Thread key={id} conversation={value} />;
  return ready ? <NotFound /> : null;
}

/** The contact of a conversation: who it is stands in no address, since a browser keeps those. */
function KnownScreen({ id }: { id: string }) {
  const { ready, value } = useLiveState("conversation", { id });
  if (value !== undefined) return <ContactScreen key={id} id={value.contact} />;
  return ready ? <NotFound /> : null;
}

const MAC = /mac|iphone|ipad/iu.test(navigator.userAgent);

/** Seen beside the list only. */
function Home() {
  const words = useWords();
  const conversations = useLive("conversations", {});
  useTitle(words.app.name);
  if (conversations === undefined || conversations.length === 0) return null;
  return (
    <Empty icon={<EnvelopeIcon size={28} />} title={words.list.choose} text={words.list.chooseText}>
      <kbd className={styles["keys"]}>{MAC ? "⌘ K" : "Ctrl K"}</kbd>
    </Empty>
  );
}

function NotFound() {
  const words = useWords();
  useTitle(words.app.notFound);
  return (
    <Empty title={words.app.notFound} text={words.app.notFoundText}>
      <Link to="/" className={styles["link"]}>
        {words.app.home}
      </Link>
    </Empty>
  );
}
