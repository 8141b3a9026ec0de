import type { MessageView } from "@pli/engine/api";
import { Menu, type Choice } from "../base/menu.tsx";
import { CopyIcon, MoreIcon, ResendIcon, TrashIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import type { MessageActions } from "./actions.ts";
import { typedText } from "./kinds/index.ts";

interface MessageMenuProps {
  message: MessageView;
  className: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  actions: MessageActions;
}

/** What the reader can do with one message. */
export function MessageMenu({ message, className, open, onOpenChange, actions }: MessageMenuProps) {
  const words = useWords();
  const typed = typedText(message);
  const choices: Choice[] = [];
  if (typed !== undefined)
    choices.push({ id: "copy", label: words.thread.copy, icon: <CopyIcon />, onChoose: () => actions.copy(typed) });
  if (message.state === "failed")
    choices.push({
      id: "resend",
      label: words.thread.resend,
      icon: <ResendIcon />,
      onChoose: () => actions.resend(message),
    });
  choices.push({
    id: "forget",
    label: words.thread.forget,
    icon: <TrashIcon />,
    danger: true,
    onChoose: () => actions.forget(message),
  });
  return (
    <Menu
      label={words.thread.actions}
      icon={<MoreIcon size={20} />}
      skipTab
      className={className}
      open={open}
      onOpenChange={onOpenChange}
      choices={choices}
    />
  );
}
