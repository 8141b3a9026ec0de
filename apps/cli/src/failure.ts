import { isErrorCode, type ErrorCode } from "@pli/engine/errors";
import { exitCode, type ExitCode } from "./exit.ts";

/**
 * Ends a command. `advice` is said after the sentence of the code: what to do here, in a terminal.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly exit: ExitCode;
  constructor(code: ErrorCode, p: { advice?: string; exit?: ExitCode; cause?: unknown } = {}) {
    super(code, { cause: p.cause });
    this.name = "Failure";
    this.code = code;
    this.advice = p.advice;
    this.exit = p.exit ?? exitCode(code);
  }
}

/** The stable code of whatever was thrown; `internal` when it has none. */
export function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && isErrorCode(thrown.code)) {
    return thrown.code;
  }
  return "internal";
}

export function failureFrom(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure(codeOf(thrown), { cause: thrown });
}
