/** What the terminal asks of the kind of a message. */
import type { MessageView } from "@pli/engine/api";
import type { Reader } from "../../naming.ts";
import type { Words } from "../../words/index.ts";
import type { Kind, Renderer, RendererOf } from "./kind.ts";
import * as list from "./list.ts";

const RENDERERS: { readonly [K in Kind]: RendererOf<K> } = list;

export const rendererOf = (kind: Kind): Renderer => RENDERERS[kind];

/** What a message says to a person, as safe lines. */
export const bodyLines = (message: MessageView, words: Words, reader: Reader): string[] =>
  rendererOf(message.body.kind).lines(message.body, { message, words, reader });

/** Whether a message is a notice of Pli, not something that a person wrote. */
export const isNotice = ({ body }: MessageView): boolean => !rendererOf(body.kind).isWritten;
