/**
 * How one kind of message is shown on the terminal. Each stands in a file, here or in the folder of
 * its feature, and in `list.ts`.
 */
import type { MessageBody, MessageView } from "@pli/engine/api";
import type { Reader } from "../../naming.ts";
import type { Words } from "../../words/index.ts";

export type Kind = MessageBody["kind"];

/** What the lines of a message depend on beside its body. */
export interface Shown {
  readonly message: MessageView;
  readonly words: Words;
  readonly reader: Reader;
}

export interface Renderer<Body = MessageBody> {
  /** A person wrote it; otherwise it is a notice of Pli. */
  readonly isWritten: boolean;
  /** Scripts have no use for it: it is left out of the JSON output. */
  readonly isSilent?: true;
  /** What it says to a person, as safe lines. */
  lines(body: Body, shown: Shown): string[];
}
export type RendererOf<K extends Kind> = Renderer<Extract<MessageBody, { kind: K }>>;

/** The name of the author, as the reader calls them. */
export const author = ({ message: { from, fromName }, reader }: Shown): string =>
  reader.nameOf({ id: from, name: fromName });
