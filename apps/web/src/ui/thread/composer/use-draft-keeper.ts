import { useEffect, useMemo, useRef } from "react";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import { useWriting } from "../writing.ts";
import type { DraftKeeper } from "./draft.ts";

/** Keeps what is typed in a conversation on this device, and sends it. Says when a call fails. */
export function useDraftKeeper(conversation: string): DraftKeeper {
  const api = useApi();
  const toasts = useToasts();
  const { writing, write } = useWriting();
  const answering = useRef(writing);
  useEffect(() => {
    answering.current = writing;
  }, [writing]);
  return useMemo(() => {
    const attempt = <T>(call: Promise<T>): Promise<T> => {
      toasts.attempt(call);
      return call;
    };
    return {
      save: async (text, was) => (await attempt(api.saveDraft({ conversation, text, was }))).draft,
      read: async () => (await api.read("conversation", { id: conversation }))?.draft ?? "",
      // Message path 1/11: typed in the composer of a thread.
      send: async (text, draft) => {
        const now = answering.current;
        const replyTo = now?.kind === "answer" ? now.to.id : undefined;
        if (replyTo !== undefined) write();
        try {
          await attempt(api.sendText({ conversation, text, draft, ...(replyTo !== undefined && { replyTo }) }));
        } catch (error) {
          if (replyTo !== undefined) write(now);
          throw error;
        }
      },
    };
  }, [api, conversation, toasts, write]);
}
