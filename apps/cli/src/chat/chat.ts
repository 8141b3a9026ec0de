import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
export async function chat(_context: Context): Promise<ExitCode> {
  return EXIT.done;
}
