import { useMemo, useState, type ReactNode } from "react";
import type { MessageView } from "@pli/engine/api";
import { Confirm } from "../base/dialog.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { useNaming } from "../naming.ts";
import type { MessageActions } from "./actions.ts";
import { LinkDialog } from "./link-dialog.tsx";

/** What the reader can do with messages, and the dialogs that ask before it is done. */
export function useMessageActions(): { actions: MessageActions; dialogs: ReactNode } {
  const api = useApi();
  const words = useWords();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const [forgetting, setForgetting] = useState<MessageView>();
  const [href, setHref] = useState<string>();
  const actions = useMemo<MessageActions>(
    () => ({
      copy: (text) => toasts.attempt(navigator.clipboard.writeText(text), words.thread.copied),
      askAgain: (message) =>
        toasts.attempt(
          api.askForHeld({ message: message.id }),
          words.thread.heldAsked(nameOf({ id: message.from, name: message.fromName })),
        ),
      resend: (message) => toasts.attempt(api.resend({ message: message.id })),
      forget: setForgetting,
      openLink: setHref,
    }),
    [api, nameOf, toasts, words],
  );
  const dialogs = (
    <>
      <ForgetDialog message={forgetting} onClose={() => setForgetting(undefined)} />
      <LinkDialog href={href} onClose={() => setHref(undefined)} />
    </>
  );
  return { actions, dialogs };
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
