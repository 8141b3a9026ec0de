import { useEffect } from "react";
import { useApi } from "../client.tsx";
import { usePreferences, useWords } from "../language.tsx";

const TAG = "pli";

async function show(body: string): Promise<void> {
  const options = { body, tag: TAG, icon: "/icons/pli-192.png" };
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) {
    const notification = new Notification("Pli", options);
    notification.addEventListener("click", () => window.focus());
  } else await registration.showNotification("Pli", options);
}

/** Says "new message" and nothing else while the page is out of sight, if the person asked for it. */
export function useNotifications(): void {
  const api = useApi();
  const words = useWords();
  const { notifications } = usePreferences();
  useEffect(() => {
    if (!notifications || !("Notification" in window)) return undefined;
    const tell = async (id: string) => {
      if (!document.hidden || Notification.permission !== "granted") return;
      const conversation = await api.read("conversation", { id });
      if (conversation !== undefined && !conversation.muted) await show(words.notifications.body);
    };
    return api.onMessage(({ body, conversation }) => {
      if (body.kind !== "change") void tell(conversation).catch(() => undefined);
    });
  }, [api, words, notifications]);
}
