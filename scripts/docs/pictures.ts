/** Pictures of the repository that no document shows. */
import type { Document } from "./links.ts";

/** Each picture beside `docs` must be shown by a document: the rest is made by a command. */
export function picturesNotShown(pictures: readonly string[], documents: readonly Document[]): string[] {
  return pictures
    .filter((picture) => !documents.some(({ path, text }) => text.includes(`](${asSeenFrom(path, picture)})`)))
    .map((picture) => `${picture} is shown nowhere (node e2e/screenshots.ts makes all)`);
}

/** A picture's path as a document names it. */
function asSeenFrom(document: string, picture: string): string {
  const folders = document.split("/").slice(0, -1);
  const parts = picture.split("/");
  const common = folders.findIndex((folder, i) => folder !== parts[i]);
  const shared = common < 0 ? folders.length : common;
  return [...folders.slice(shared).map(() => ".."), ...parts.slice(shared)].join("/");
}
