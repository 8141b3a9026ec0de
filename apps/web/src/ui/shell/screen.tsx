import { useCallback } from "react";
import type { ConversationView } from "@pli/engine/api";
import { Empty } from "../base/empty.tsx";
import { NotFound } from "../base/not-found.tsx";
import { useLivePart } from "../use-live.ts";
import { ContactScreen } from "../contact/contact.tsx";
import { QuestionScreen } from "../group/questions/question.tsx";
import { GroupScreen } from "../group/screen.tsx";
import { NewGroupScreen } from "../group/forms/new.tsx";
import { EnvelopeIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { AcceptScreen } from "../pairing/accept.tsx";
import { NewScreen } from "../pairing/new.tsx";
import { PairingScreen } from "../pairing/pairing.tsx";
import type { LiveState } from "../live.ts";
import { matchPath } from "../router.tsx";
import { KnowledgeScreen } from "../settings/knowledge.tsx";
import { SettingsScreen } from "../settings/settings.tsx";
import { LockedThread } from "../thread/locked.tsx";
import { Thread } from "../thread/thread.tsx";
import { useTitle } from "./title.tsx";
import styles from "./shell.module.css";

/** The screen of an address. */
export function Screen({ path }: { path: string }) {
  const conversation = matchPath("/c/:address", path)?.["address"];
  if (conversation !== undefined) return <ThreadScreen address={conversation} />;
  const known = matchPath("/c/:address/contact", path)?.["address"];
  if (known !== undefined) return <KnownScreen address={known} />;
  const group = matchPath("/c/:address/group", path) ?? matchPath("/c/:address/group/:part", path);
  if (group?.["address"] !== undefined) return <KnownGroup address={group["address"]} part={group["part"]} />;
  const pairing = matchPath("/pairing/:id", path)?.["id"];
  if (pairing !== undefined) return <PairingScreen key={pairing} id={pairing} />;
  const question = matchPath("/question/:id", path)?.["id"];
  if (question !== undefined) return <QuestionScreen key={question} id={question} />;
  if (path === "/settings" || path.startsWith("/settings/")) return <SettingsScreen />;
  switch (path) {
    case "/":
      return <Home />;
    case "/new":
      return <NewScreen />;
    case "/new/group":
      return <NewGroupScreen />;
    case "/accept":
      return <AcceptScreen />;
    case "/knowledge":
      return <KnowledgeScreen />;
    default:
      return <NotFound />;
  }
}

/** The conversation of an address, once known. */
function useConversation(address: string): LiveState<ConversationView | undefined> {
  const find = useCallback((all: readonly ConversationView[]) => all.find(({ id }) => id === address), [address]);
  return useLivePart("conversations", {}, find);
}

function ThreadScreen({ address }: { address: string }) {
  const { ready, value } = useConversation(address);
  if (value !== undefined) {
    const Shown = value.locked ? LockedThread : Thread;
    return <Shown key={value.id} conversation={value} />;
  }
  return ready ? <NotFound /> : null;
}

function KnownScreen({ address }: { address: string }) {
  const { ready, value } = useConversation(address);
  if (value !== undefined) return <ContactScreen key={value.contact} id={value.contact} />;
  return ready ? <NotFound /> : null;
}

function KnownGroup({ address, part }: { address: string; part: string | undefined }) {
  const { ready, value } = useConversation(address);
  if (value?.kind === "group") return <GroupScreen key={address} conversation={value} part={part} />;
  return ready ? <NotFound /> : null;
}

const MAC = /mac|iphone|ipad/iu.test(navigator.userAgent);

const isFilled = (list: readonly unknown[]): boolean => list.length > 0;

/** Seen beside the list only. */
function Home() {
  const words = useWords();
  const hasConversations = useLivePart("conversations", {}, isFilled).value ?? false;
  useTitle(words.app.name);
  if (!hasConversations) return null;
  return (
    <Empty icon={<EnvelopeIcon size={28} />} title={words.list.choose} text={words.list.chooseText}>
      <kbd className={styles["keys"]}>{MAC ? "⌘ K" : "Ctrl K"}</kbd>
    </Empty>
  );
}
