import { useEffect } from "react";

const APP = "Pli";
let title = "";
let unread = 0;

function show(): void {
  const name = title === "" || title === APP ? APP : `${title} · ${APP}`;
  document.title = unread > 0 ? `(${unread}) ${name}` : name;
}

/**
 * The title of the screen now shown, for the window, the tab and screen readers. The browser
 * writes it into its history, in clear: never a name.
 */
export function useTitle(text: string): void {
  useEffect(() => {
    title = text;
    show();
  }, [text]);
}

/** How many messages wait to be read, in front of every title. */
export function useUnreadTitle(count: number): void {
  useEffect(() => {
    unread = count;
    show();
    return () => {
      unread = 0;
      show();
    };
  }, [count]);
}
