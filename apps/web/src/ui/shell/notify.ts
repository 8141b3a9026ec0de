import { useEffect } from "react";
import type { PliApi } from "@pli/engine/api";
import { useApi } from "../client.tsx";
import { usePreferences, useWords } from "../language.tsx";
import { createNotifier } from "./notifier.ts";

const TAG = "pli";

async function show(body: string): Promise<void> {
  const options = { body, tag: TAG, icon: "/icons/pli-192.png" };
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) {
    const notification = new Notification("Pli", options);
    notification.addEventListener("click", () => window.focus());
  } else await registration.showNotification("Pli", options);
}

function later(ms: number, work: () => void): () => void {
  const timer = window.setTimeout(work, ms);
  return () => window.clearTimeout(timer);
}

/** Those that are there at the start are not new. */
function tellNewQuestions(api: PliApi, tell: () => void): () => void {
  let known: ReadonlySet<string> | undefined;
  return api.watch("groupQuestions", {}, (questions) => {
    const open = questions.filter(({ over }) => over === undefined).map(({ id }) => id);
    const isNew = known !== undefined && open.some((id) => known?.has(id) === false);
    known = new Set(open);
    if (isNew) tell();
  });
}

/** Says how many new messages there are, or that there is a question, and nothing else while the page is out of sight, if the person asked for it. */
export function useNotifications(): void {
  const api = useApi();
  const words = useWords();
  const { notifications } = usePreferences();
  useEffect(() => {
    if (!notifications || !("Notification" in window)) return undefined;
    const notifier = createNotifier({
      isSilent: async (id) => (await api.read("conversation", { id }))?.muted !== false,
      show: (count) => show(words.notifications.body(count)),
      later,
    });
    const looked = () => {
      if (!document.hidden) notifier.seen();
    };
    const stopListening = api.onMessage(({ body, conversation }) => {
      const isTold = body.kind !== "change" && document.hidden && Notification.permission === "granted";
      if (isTold) notifier.arrived(conversation);
    });
    document.addEventListener("visibilitychange", looked);
    const stopAsking = tellNewQuestions(api, () => {
      if (document.hidden && Notification.permission === "granted")
        void show(words.notifications.question).catch(() => undefined);
    });
    return () => {
      stopListening();
      stopAsking();
      notifier.stop();
      document.removeEventListener("visibilitychange", looked);
    };
  }, [api, words, notifications]);
}
