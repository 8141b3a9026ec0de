import { followWrapper } from "./wrapper.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A signal of the system and one of the wrapper within this time are the same one, in ms. */
const ECHO_MS = 1_000;

type Origin = "system" | "wrapper";

/** Gives Ctrl-C and SIGTERM to the listeners. Without a listener the process ends. */
export function createInterrupts(target: NodeJS.Process) {
  const listeners = new Set<() => void>();
  const fire = () => {
    if (listeners.size === 0) target.exit(130);
    for (const listener of listeners) listener();
  };
  const received = countedOnce(fire, () => performance.now());
  for (const signal of SIGNALS) target.on(signal, () => received("system"));
  followWrapper(target, { signal: () => received("wrapper"), gone: fire });
  return {
    fire,
    onInterrupt: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/**
 * A terminal sends Ctrl-C to the wrapper and to this process, and the wrapper passes it on. The two
 * signals count as one.
 */
export function countedOnce(fire: () => void, now: () => number): (origin: Origin) => void {
  let unmatched: { origin: Origin; at: number } | undefined;
  return (origin) => {
    const echo = unmatched !== undefined && unmatched.origin !== origin && now() - unmatched.at < ECHO_MS;
    unmatched = echo ? undefined : { origin, at: now() };
    if (!echo) fire();
  };
}
