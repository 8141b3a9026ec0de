import type { Context, Tx } from "./context.ts";

/** One wait for the next look, however often somebody asks for one: the last one counts. */
export function createOneWait(
  { clock, later }: Pick<Context, "clock" | "later">,
  look: (tx: Tx) => Promise<void>,
): (ms: number) => void {
  let stop: (() => void) | undefined;
  return (ms) => {
    stop?.();
    stop = clock.after(ms, () => later(0, look));
  };
}
