/** Ctrl-C and SIGTERM: told to whoever listens; with nobody listening, the process ends as it would have. */
export function createInterrupts(target: NodeJS.Process) {
  const listeners = new Set<() => void>();
  const fire = () => {
    if (listeners.size === 0) target.exit(130);
    for (const listener of listeners) listener();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) target.on(signal, fire);
  return {
    fire,
    onInterrupt: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
