import { followWrapper } from "./wrapper.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Within this time a signal of the system and one passed on by the wrapper are the same one. */
const ECHO_MS = 1_000;

type Origin = "system" | "wrapper";

/**
 * Ctrl-C and SIGTERM: told to whoever listens; with nobody listening, the process ends as it would
 * have.
 */
export function createInterrupts(target: NodeJS.Process) {
  const listeners = new Set<() => void>();
  const fire = () => {
    if (listeners.size === 0) target.exit(130);
    for (const listener of listeners) listener();
  };
  const heard = countedOnce(fire, () => performance.now());
  for (const signal of SIGNALS) target.on(signal, () => heard("system"));
  followWrapper(target, { signal: () => heard("wrapper"), gone: fire });
  return {
    fire,
    onInterrupt: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/**
 * A terminal gives Ctrl-C to the wrapper and to this process, and the wrapper passes it on: the two
 * are one.
 */
export function countedOnce(fire: () => void, now: () => number): (origin: Origin) => void {
  let unmatched: { origin: Origin; at: number } | undefined;
  return (origin) => {
    const echo = unmatched !== undefined && unmatched.origin !== origin && now() - unmatched.at < ECHO_MS;
    unmatched = echo ? undefined : { origin, at: now() };
    if (!echo) fire();
  };
}
