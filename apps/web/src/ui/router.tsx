import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type Ref } from "react";

/** Where the app is: the path and the query of the address bar. */
export interface Place {
  path: string;
  query: string;
}

const listeners = new Set<() => void>();
let place = readPlace();

function readPlace(): Place {
  return { path: location.pathname, query: location.search };
}

function changed(): void {
  place = readPlace();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("popstate", changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("popstate", changed);
  };
}

/** How many screens of this app lie behind the present one in the browser's history. */
function depth(): number {
  const state = history.state as { depth?: unknown } | null;
  return typeof state?.depth === "number" ? state.depth : 0;
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === location.pathname + location.search) return;
  if (options.replace === true) history.replaceState({ depth: depth() }, "", to);
  else history.pushState({ depth: depth() + 1 }, "", to);
  changed();
}

/** Back to where the person came from; to the parent screen when the app was opened right here. */
export function goBack(parent: string): void {
  if (depth() > 0) history.back();
  else navigate(parent, { replace: true });
}

export function usePlace(): Place {
  // The address may have been changed before anybody listened.
  return useSyncExternalStore(subscribe, () => {
    if (place.path !== location.pathname || place.query !== location.search) place = readPlace();
    return place;
  });
}

/** The parameters of a path that fits a pattern such as `/c/:id`; undefined when it does not. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const parts = pattern.split("/");
  const given = path.replace(/\/+$/u, "").split("/");
  if (parts.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":") && value !== "") parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** A link inside the app: a real address, followed without loading a page. */
export function Link({
  to,
  onClick,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; ref?: Ref<HTMLAnchorElement> }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || !isPlainClick(event)) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}
