import { isErrorCode, PauseError, type ErrorCode } from "@pli/engine/errors";
import { exitCode, type ExitCode } from "./exit.ts";

/** Ends a command. `advice` says what to do about it in a terminal. */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly exit: ExitCode;
  /** How long to wait before it can be tried again. */
  readonly waitMs: number | undefined;
  constructor(
    code: ErrorCode,
    { advice, exit = exitCode(code), cause }: { advice?: string; exit?: ExitCode; cause?: unknown } = {},
  ) {
    super(code, { cause });
    this.name = "Failure";
    this.code = code;
    this.advice = advice;
    this.exit = exit;
    this.waitMs = cause instanceof PauseError ? cause.waitMs : undefined;
  }
}

/** The stable code of what was thrown; `internal` when it has none. */
export function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && isErrorCode(thrown.code)) {
    return thrown.code;
  }
  return "internal";
}

export function failureFrom(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure(codeOf(thrown), { cause: thrown });
}
