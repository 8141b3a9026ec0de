import { useMemo, useState } from "react";
import type { ConversationView, GroupMemberView, GroupView } from "@pli/engine/api";
import { ToastPlace } from "../base/toast.tsx";
import { useLivePart } from "../use-live.ts";
import { useWords } from "../language.tsx";
import { MembersContext } from "../naming.ts";
import { useTitle } from "../shell/title.tsx";
import { Foot } from "./composer/foot.tsx";
import { Find, useFind } from "./find.tsx";
import { ThreadHeader } from "./header.tsx";
import { Messages } from "./messages.tsx";
import { Rejoining } from "./rejoining.tsx";
import { StoreWait } from "./store-wait.tsx";
import { WritingContext, type Writing } from "./writing.ts";
import styles from "./thread.module.css";

/** A conversation: its header, its messages, and where to write. Mounted once per conversation. */
export function Thread({ conversation }: { conversation: ConversationView }) {
  const { id } = conversation;
  const members = useLivePart("group", { id }, membersOf).value;
  const [isFinding, setFinding] = useFind();
  const [writing, write] = useState<Writing>();
  const place = useMemo(() => ({ writing, write }), [writing]);
  useTitle(useWords().thread.title);
  return (
    <MembersContext value={members ?? NOBODY}>
      <div className={styles["thread"]}>
        <ThreadHeader conversation={conversation} onFind={() => setFinding(true)} />
        {isFinding && <Find conversation={id} onClose={() => setFinding(false)} />}
        {conversation.state === "rejoining" && <Rejoining conversation={conversation} />}
        <StoreWait conversation={id} />
        <WritingContext value={place}>
          <Messages conversation={conversation} />
          <ToastPlace />
          <Foot conversation={conversation} />
        </WritingContext>
      </div>
    </MembersContext>
  );
}

const NOBODY: GroupMemberView[] = [];

const membersOf = (group: GroupView | undefined) => group?.members;
