import type { ConversationView } from "@pli/engine/api";
import { Button } from "../../base/button.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { useWords } from "../../language.tsx";
import { useNaming, whoOf } from "../../naming.ts";
import { Closed } from "./closed.tsx";
import { Composer } from "./composer.tsx";
import { useDraftKeeper } from "./use-draft-keeper.ts";
import styles from "./foot.module.css";

/** At the foot of a thread: where to write, or why one cannot. */
export function Foot({ conversation }: { conversation: ConversationView }) {
  const name = useNaming().nameOf(whoOf(conversation));
  const keeper = useDraftKeeper(conversation.id);
  if (conversation.blocked) return <Blocked contact={conversation.contact} name={name} />;
  if (!conversation.writable) return <Closed conversation={conversation} />;
  return <Composer name={name} draft={conversation.draft} keeper={keeper} />;
}

function Blocked({ contact, name }: { contact: string; name: string }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  return (
    <div className={styles["blocked"]}>
      <p>{words.thread.blocked(name)}</p>
      <Button onClick={() => toasts.attempt(api.block({ contact, blocked: false }))}>{words.thread.unblock}</Button>
    </div>
  );
}
