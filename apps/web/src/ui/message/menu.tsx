import type { MessageView } from "@pli/engine/api";
import { Menu, type Choice } from "../base/menu.tsx";
import {
  CopyIcon,
  HistoryIcon,
  MoreIcon,
  ReplyIcon,
  ResendIcon,
  ShareIcon,
  SmileIcon,
  StarIcon,
  TrashIcon,
  WriteIcon,
} from "../icons.tsx";
import { useWords } from "../language.tsx";
import type { Words } from "../../words/index.ts";
import type { MessageActions } from "./actions.ts";
import { typedText } from "./kinds/index.ts";

interface MessageMenuProps {
  message: MessageView;
  className: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Opens what emoji are chosen from. */
  onReact: () => void;
  actions: MessageActions;
}

/** What the reader can do with one message. */
export function MessageMenu({ message, className, open, onOpenChange, onReact, actions }: MessageMenuProps) {
  const words = useWords();
  return (
    <Menu
      label={words.thread.actions}
      icon={<MoreIcon size={20} />}
      skipTab
      className={className}
      open={open}
      onOpenChange={onOpenChange}
      choices={choicesOf(message, { words, actions, onReact })}
    />
  );
}

interface Choosing {
  readonly words: Words;
  readonly actions: MessageActions;
  readonly onReact: () => void;
}

function choicesOf(message: MessageView, { words: { thread }, actions, onReact }: Choosing): Choice[] {
  const typed = typedText(message);
  const isText = typed !== undefined;
  const all: (Choice | false)[] = [
    isText &&
      actions.writable && {
        id: "answer",
        label: thread.answer,
        icon: <ReplyIcon />,
        onChoose: () => actions.answer(message),
      },
    isText && actions.writable && { id: "react", label: thread.react, icon: <SmileIcon />, onChoose: onReact },
    isText &&
      message.mine &&
      actions.writable && {
        id: "edit",
        label: thread.edit,
        icon: <WriteIcon />,
        onChoose: () => actions.edit(message),
      },
    isText && { id: "copy", label: thread.copy, icon: <CopyIcon />, onChoose: () => actions.copy(typed) },
    isText && {
      id: "forward",
      label: thread.forward,
      icon: <ShareIcon />,
      onChoose: () => actions.forward(message),
    },
    isText && {
      id: "star",
      label: message.starred === true ? thread.unstar : thread.star,
      icon: <StarIcon />,
      onChoose: () => actions.star(message),
    },
    message.edited !== undefined && {
      id: "versions",
      label: thread.versions,
      icon: <HistoryIcon />,
      onChoose: () => actions.showVersions(message),
    },
    message.state === "failed" && {
      id: "resend",
      label: thread.resend,
      icon: <ResendIcon />,
      onChoose: () => actions.resend(message),
    },
    actions.mayDelete(message) && {
      id: "delete",
      label: thread.deleteForEveryone,
      icon: <TrashIcon />,
      danger: true,
      onChoose: () => actions.deleteForEveryone(message),
    },
    {
      id: "forget",
      label: thread.forget,
      icon: <TrashIcon />,
      danger: true,
      onChoose: () => actions.forget(message),
    },
  ];
  return all.filter((choice) => choice !== false);
}
