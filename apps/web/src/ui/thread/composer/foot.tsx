import type { ConversationView, MessageView } from "@pli/engine/api";
import { Button } from "../../base/button.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { useWords } from "../../language.tsx";
import { authorOf } from "../../message/author.ts";
import { lineOf } from "../../message/line.ts";
import { useWording, type Wording } from "../../wording.ts";
import { useNaming, whoOf } from "../../naming.ts";
import { Closed } from "./closed.tsx";
import { Composer } from "./composer.tsx";
import { EditComposer } from "./edit-composer.tsx";
import type { About } from "./text-field.tsx";
import { useDraftKeeper } from "./use-draft-keeper.ts";
import { useWriting } from "../writing.ts";
import styles from "./foot.module.css";

/** The last text that this person wrote is looked for among the last messages of this number. */
const RECENT = 50;

/** At the foot of a thread: where to write, or why one cannot. */
export function Foot({ conversation }: { conversation: ConversationView }) {
  const name = useNaming().nameOf(whoOf(conversation));
  const keeper = useDraftKeeper(conversation.id);
  const api = useApi();
  const toasts = useToasts();
  const { writing, write } = useWriting();
  const wording = useWording();
  const editLast = async () => {
    const { messages } = await api.read("messages", { conversation: conversation.id, limit: RECENT });
    const last = messages.findLast((one) => one.mine && one.body.kind === "text");
    if (last !== undefined) write({ kind: "edit", of: last });
  };
  if (conversation.blocked) return <Blocked contact={conversation.contact} name={name} />;
  if (!conversation.writable) return <Closed conversation={conversation} />;
  if (writing?.kind === "edit") return <EditComposer key={writing.of.id} message={writing.of} />;
  return (
    <Composer
      name={name}
      draft={conversation.draft}
      keeper={keeper}
      about={writing === undefined ? undefined : aboutAnswer(writing.to, { name, wording, onCancel: () => write() })}
      onEditLast={() => toasts.attempt(editLast())}
    />
  );
}

/** Above the composer: which message it answers. */
function aboutAnswer(to: MessageView, p: { name: string; wording: Wording; onCancel: () => void }): About {
  const { composer } = p.wording.words;
  return {
    title: to.mine ? composer.answeringOwn : composer.answering(authorOf(to, p.name, p.wording)),
    text: lineOf(to, p.name, p.wording),
    cancel: composer.answerCancel,
    onCancel: p.onCancel,
  };
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
