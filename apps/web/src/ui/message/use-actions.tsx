import { useMemo, useState, type ReactNode } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { messageAddress } from "../address.ts";
import { Confirm } from "../base/dialog.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { useNaming } from "../naming.ts";
import { navigate } from "../router.tsx";
import { useWriting } from "../thread/writing.ts";
import type { MessageActions } from "./actions.ts";
import { ForwardDialog } from "./forward.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { VersionsDialog } from "./versions.tsx";

/** What the reader can do with messages, and the dialogs that ask before it is done. */
export function useMessageActions(conversation: ConversationView): { actions: MessageActions; dialogs: ReactNode } {
  const api = useApi();
  const words = useWords();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const { write } = useWriting();
  const [asking, setAsking] = useState<Asking>();
  const { id, role, writable } = conversation;
  const actions = useMemo<MessageActions>(
    () => ({
      writable,
      copy: (text) => toasts.attempt(navigator.clipboard.writeText(text), words.thread.copied),
      askAgain: (message) =>
        toasts.attempt(
          api.askForHeld({ message: message.id }),
          words.thread.heldAsked(nameOf({ id: message.from, name: message.fromName })),
        ),
      resend: (message) => toasts.attempt(api.resend({ message: message.id })),
      forget: (message) => setAsking({ what: "forget", message }),
      openLink: (href) => setAsking({ what: "link", href }),
      mayDelete: ({ mine }) => writable && (mine || role === "owner" || role === "admin"),
      deleteForEveryone: (message) => setAsking({ what: "delete", message }),
      answer: (message) => write({ kind: "answer", to: message }),
      edit: (message) => write({ kind: "edit", of: message }),
      react: (message, emoji) =>
        toasts.attempt(api.react({ message: message.id, ...(emoji !== undefined && { emoji }) })),
      star: (message) => toasts.attempt(api.star({ message: message.id, on: message.starred !== true })),
      forward: (message) => setAsking({ what: "forward", message }),
      showVersions: (message) => setAsking({ what: "versions", message }),
      goTo: (order) => navigate(messageAddress({ conversation: id, order }), { replace: true }),
    }),
    [api, nameOf, toasts, words, write, id, role, writable],
  );
  const close = () => setAsking(undefined);
  const of = (what: "forget" | "delete" | "versions" | "forward") =>
    asking?.what === what ? asking.message : undefined;
  const dialogs = (
    <>
      <ForgetDialog message={of("forget")} onClose={close} />
      <DeleteDialog message={of("delete")} onClose={close} />
      <VersionsDialog message={of("versions")} onClose={close} />
      <ForwardDialog message={of("forward")} onClose={close} />
      <LinkDialog href={asking?.what === "link" ? asking.href : undefined} onClose={close} />
    </>
  );
  return { actions, dialogs };
}

/** What a dialog is open about. */
type Asking =
  | { readonly what: "forget" | "delete" | "versions" | "forward"; readonly message: MessageView }
  | { readonly what: "link"; readonly href: string };

/** Asks before a message is deleted for everybody. Open while there is a message. */
function DeleteDialog({ message, onClose }: { message: MessageView | undefined; onClose: () => void }) {
  const api = useApi();
  const { thread } = useWords();
  const toasts = useToasts();
  return (
    <Confirm
      open={message !== undefined}
      title={thread.deleteAsk}
      text={thread.deleteText}
      confirm={thread.forgetDo}
      danger
      onClose={onClose}
      onConfirm={() => {
        if (message !== undefined) toasts.attempt(api.deleteForEveryone({ message: message.id }));
      }}
    />
  );
}

/** Asks before a message is removed from this device. Open while there is a message. */
function ForgetDialog({ message, onClose }: { message: MessageView | undefined; onClose: () => void }) {
  const api = useApi();
  const words = useWords();
  const toasts = useToasts();
  const waits = message?.state === "saved";
  const forget = async (id: string): Promise<void> => {
    const { left } = await api.forgetMessage({ message: id });
    // It was on its way: whether it arrived is not known.
    if (left === "perhaps") toasts.say(words.thread.forgetOnItsWay);
  };
  return (
    <Confirm
      open={message !== undefined}
      title={words.thread.forgetAsk}
      text={waits ? words.thread.forgetWaiting : words.thread.forgetText}
      confirm={words.thread.forgetDo}
      danger
      onClose={onClose}
      onConfirm={() => {
        if (message !== undefined) toasts.attempt(forget(message.id));
      }}
    />
  );
}
