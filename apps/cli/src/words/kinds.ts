import type { TrustLevel } from "@pli/engine/api";
import type { UsageError } from "../line/errors.ts";

export type Level = TrustLevel;

/** One sentence for each thing that can be wrong with a command line. */
export type UsageWords = Record<UsageError["problem"], (word: string) => string>;
