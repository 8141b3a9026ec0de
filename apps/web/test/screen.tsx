import { createRoot } from "react-dom/client";
import { useState, type ReactNode } from "react";
import type { PliApi } from "@pli/engine/api";
import { afterEach } from "vitest";
import { ToastProvider } from "../src/ui/base/toast.tsx";
import { ClientContext, type Client } from "../src/ui/client.ts";
import { LanguageProvider } from "../src/ui/language.tsx";
import { createLive } from "../src/ui/live.ts";
import "../src/styles/tokens.css";
import "../src/styles/base.css";
import { changePreferences } from "../src/ui/preferences.ts";

const mounted: (() => void)[] = [];

afterEach(() => {
  for (const unmount of mounted.splice(0)) unmount();
});

/** Shows components in the page, in French; they go after the test, or when `unmount` is called. */
export function show(node: ReactNode): { element: HTMLElement; unmount: () => void } {
  changePreferences({ language: "fr" });
  const element = document.body.appendChild(document.createElement("div"));
  const root = createRoot(element);
  root.render(<LanguageProvider>{node}</LanguageProvider>);
  const unmount = (): void => {
    root.unmount();
    element.remove();
  };
  mounted.push(unmount);
  return { element, unmount };
}

/** A device that is open, that nothing locks, and whose passkeys keep no secrets. */
const OPEN: Pick<Client["host"], "canKeepRecovery" | "watchHost"> = {
  canKeepRecovery: () => Promise.resolve(false),
  watchHost: (listener) => {
    listener({ phase: "open", lock: "none", leader: true });
    return () => undefined;
  },
};

/** Components that speak to an engine, before one that knows these calls only. */
export function WithApi(p: { api: Partial<PliApi>; host?: Partial<Client["host"]>; children: ReactNode }) {
  const { api, host = {}, children } = p;
  const [client] = useState<Client>(() => ({
    api: api as PliApi,
    host: { ...OPEN, ...host } as Client["host"],
    live: createLive(api as PliApi),
    store: location.origin,
  }));
  return (
    <ClientContext value={client}>
      <ToastProvider>{children}</ToastProvider>
    </ClientContext>
  );
}
