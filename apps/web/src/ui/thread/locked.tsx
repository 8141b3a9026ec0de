import type { ReactNode } from "react";
import type { ConversationView } from "@pli/engine/api";
import { Page, Quiet } from "../base/page.tsx";
import { useWords } from "../language.tsx";
import { Confirmed } from "../shell/confirmed.tsx";
import { Thread } from "./thread.tsx";

/** A conversation that is locked: a door, and behind it the thread, until it is left. */
export function LockedThread({ conversation }: { conversation: ConversationView }) {
  const { thread } = useWords();
  const frame = (door: ReactNode) => (
    <Page title={thread.lockedTitle} parent="/">
      <Quiet>{thread.lockedText}</Quiet>
      {door}
    </Page>
  );
  return (
    <Confirmed frame={frame}>
      <Thread conversation={conversation} />
    </Confirmed>
  );
}
