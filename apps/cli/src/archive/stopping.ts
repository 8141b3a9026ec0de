/** Work on a file that Ctrl-C stops, and the end of the engine. */
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";

/**
 * Gives the work a signal that is aborted at Ctrl-C, and when `lost` rejects. Stopped at Ctrl-C, it
 * ends with `interrupted`.
 */
export async function stoppable(
  { world }: Context,
  lost: Promise<never>,
  work: (signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const controller = new AbortController();
  const stop = world.onInterrupt(() => controller.abort());
  lost.catch(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (thrown) {
    if (controller.signal.aborted && isAbort(thrown)) return EXIT.interrupted;
    throw thrown;
  } finally {
    stop();
  }
}

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === "AbortError";
