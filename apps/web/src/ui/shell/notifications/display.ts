import { navigate } from "../../router.tsx";

/** Each kind has one notification at a time. */
export const KINDS = ["messages", "questions", "pairings", "endings"] as const;
export type Kind = (typeof KINDS)[number];

export interface Display {
  /**
   * Shows it in the place of the last of its kind. `path`: what opens at a click. When not `aloud`,
   * it only changes one that is there.
   */
  show(kind: Kind, said: { body: string; path: string; aloud: boolean }): Promise<void>;
  close(kind: Kind): Promise<void>;
}

/** What TypeScript's DOM does not know: the notification calls although one of its tag is there. */
type Options = NotificationOptions & { renotify?: boolean };

/**
 * Whose notifications these are. `label`: what the person calls the profile, where there are
 * several.
 */
export interface Owner {
  readonly profile: string;
  readonly label: string | undefined;
}

/**
 * The notifications of one profile in this browser. They name it where there are several, by its
 * label on this device and by nothing that is in it. They belong to the service worker, so that any
 * tab changes and closes them, and a click opens the app when every tab is closed; without one they
 * belong to this page.
 */
export function createDisplay({ profile, label }: Owner): Display {
  const title = label === undefined ? "Pli" : `Pli · ${label}`;
  const tagOf = (kind: Kind): string => `pli-${profile}-${kind}`;
  const own = new Map<Kind, Notification>();

  function showOfPage(kind: Kind, options: Options, path: string): void {
    const notification = new Notification(title, options);
    notification.addEventListener("click", () => {
      window.focus();
      navigate(path);
      notification.close();
    });
    own.set(kind, notification);
  }

  async function shownOf(kind: Kind): Promise<Notification[]> {
    const registration = await registered();
    const ofPage = own.get(kind);
    if (registration === undefined) return ofPage === undefined ? [] : [ofPage];
    return registration.getNotifications({ tag: tagOf(kind) });
  }

  return {
    async show(kind, { body, path, aloud }) {
      if (Notification.permission !== "granted") return;
      if (!aloud && (await shownOf(kind)).length === 0) return;
      const icon = "/icons/pli-192.png";
      const options: Options = {
        body,
        tag: tagOf(kind),
        icon,
        renotify: aloud,
        silent: !aloud,
        data: { path, profile },
      };
      const registration = await registered();
      if (registration === undefined) showOfPage(kind, options, path);
      else await registration.showNotification(title, options);
    },
    async close(kind) {
      for (const notification of await shownOf(kind)) notification.close();
      own.delete(kind);
    },
  };
}

async function registered(): Promise<ServiceWorkerRegistration | undefined> {
  try {
    return await navigator.serviceWorker.getRegistration();
  } catch {
    return undefined;
  }
}
