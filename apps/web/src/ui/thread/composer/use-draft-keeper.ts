import { useMemo } from "react";
import { useToasts } from "../../base/toast.tsx";
import { useApi } from "../../client.ts";
import type { DraftKeeper } from "./draft.ts";

/** Keeps what is typed in a conversation on this device, and sends it. Says when a call fails. */
export function useDraftKeeper(conversation: string): DraftKeeper {
  const api = useApi();
  const toasts = useToasts();
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
        await attempt(api.sendText({ conversation, text, draft }));
      },
    };
  }, [api, conversation, toasts]);
}
