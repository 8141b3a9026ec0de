/** How long this process may take to end once its wrapper is gone. */
const LAST_MS = 10_000;

/**
 * Started by an older Node, `bin/pli.mjs` runs this process and passes signals on by a channel.
 * When the wrapper is killed the channel closes, and this process ends by itself.
 */
export function followWrapper(target: NodeJS.Process, on: { signal(): void; gone(): void }): void {
  if (target.channel === undefined || target.channel === null) return;
  target.on("message", on.signal);
  target.on("disconnect", () => {
    setTimeout(() => target.exit(130), LAST_MS).unref();
    on.gone();
  });
}
