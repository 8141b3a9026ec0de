import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import { createWordsCommands, wordsQueries } from "./words.ts";

/** What a person gets back with when all their devices are gone (docs/protocol.md, section 6.4). */
export function createRecovery(kit: Kit) {
  return { commands: createWordsCommands(kit), queries: wordsQueries(kit) } satisfies Feature;
}
