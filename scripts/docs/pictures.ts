/** Pictures of the repository that no document shows. */
import { posix } from "node:path";
import type { SourceFile } from "../repository.ts";

/** Each picture beside `docs` must be shown by a document: the rest is made by a command. */
export function picturesNotShown(pictures: readonly string[], documents: readonly SourceFile[]): string[] {
  return pictures
    .filter((picture) => !documents.some(({ path, text }) => text.includes(`](${asSeenFrom(path, picture)})`)))
    .map((picture) => `${picture} is shown nowhere (node e2e/screenshots.ts makes all)`);
}

/** A picture's path as a document names it. */
const asSeenFrom = (document: string, picture: string): string => posix.relative(posix.dirname(document), picture);
