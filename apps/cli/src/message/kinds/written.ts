/** What a person wrote. */
import { safeLines } from "../../text/safe.ts";
import type { RendererOf } from "./kind.ts";

export const text: RendererOf<"text"> = { isWritten: true, lines: ({ text }) => safeLines(text) };

export const unknown: RendererOf<"unknown"> = { isWritten: true, lines: (_, { words }) => [words.message.unknown] };
