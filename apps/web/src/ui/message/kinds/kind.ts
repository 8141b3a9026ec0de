/**
 * What the app knows of one kind of message. Each kind has a file, here or in the folder of its
 * feature, and a line in `list.ts`.
 */
import type { ReactNode } from "react";
import type { MessageBody, MessageView } from "@pli/engine/api";
import type { Wording } from "../../wording.ts";
import type { MessageActions } from "../actions.ts";

export type Kind = MessageBody["kind"];

type Bodies = { [B in MessageBody as B["kind"]]: B };

export type MessageOf<K extends Kind> = MessageView & { body: Bodies[K] };

export interface ContentProps<K extends Kind> {
  message: MessageOf<K>;
  /** The tab key reaches this message, and so what is in it. */
  active: boolean;
  actions: MessageActions;
}

interface Lines<K extends Kind> {
  /**
   * The message in words without marks, for notes, previews, search and screen readers.
   * `conversation`: what the reader calls the conversation.
   */
  line(message: MessageOf<K>, conversation: string, wording: Wording): string;
}

/** Stands in a bubble, with its author, its time and its state. */
export interface BubbleKind<K extends Kind> extends Lines<K> {
  shape: "bubble";
  Content(props: ContentProps<K>): ReactNode;
  /** The text its author typed, to copy; absent when nobody typed one. */
  typed?(message: MessageOf<K>): string;
}

/** A line between the bubbles. */
export interface NoteKind<K extends Kind> extends Lines<K> {
  shape: "note";
  /** What the reader can do about it, below the line. */
  Action?(props: ContentProps<K>): ReactNode;
}

export type MessageKind<K extends Kind> = BubbleKind<K> | NoteKind<K>;
