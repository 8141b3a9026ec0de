import type { ConversationView } from "@pli/engine/api";
import { Menu } from "../../base/menu.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { MoreIcon } from "../../icons.tsx";
import { useLockKind } from "../../settings/host.ts";
import { useWording } from "../../wording.ts";
import { THREAD_CHOICES } from "./list.ts";

export function ThreadMenu({ conversation, onFind }: { conversation: ConversationView; onFind: () => void }) {
  const wording = useWording();
  const isLockable = (useLockKind() ?? "none") !== "none";
  const chosen = { conversation, api: useApi(), toasts: useToasts(), wording, isLockable, onFind };
  const choices = THREAD_CHOICES.flatMap((choice) => choice(chosen) ?? []);
  return <Menu label={wording.words.thread.more} icon={<MoreIcon />} choices={choices} />;
}
