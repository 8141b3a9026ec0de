import { messageIdFrom, parseContent, type Acknowledged, type Body, type Content } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageBody, MessageView } from "../api/views.ts";
import { MESSAGE_ROW_BYTES, type Budget } from "../runtime/budgets.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { count } from "../runtime/counters.table.ts";
import { idBytes } from "./conversations.ts";
import { findConversation, type Conversation } from "./conversations.table.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { RevokedSenders } from "./revoked-senders.ts";
import { createOwnContents } from "./own-contents.ts";
import { createRoom } from "./room.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { rememberErased, wasErased } from "../features/messages/erasing.ts";
import { replyToOf, textOf } from "../features/messages/lines.ts";
import { lifetimeOf } from "../features/disappearing/lifetimes.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Profiles } from "../people/profile.ts";
import type { EpochRoles } from "./epoch-roles.ts";

/** Where something was said, and by whom. */
export interface Said {
  readonly conversation: Conversation;
  /** Profile id of the author, and the leaf that wrote it. */
  readonly sender: string;
  readonly leaf: number;
  readonly held: HeldEpoch;
}

/** What a feature says about what others write, before it is kept. */
export interface Filter {
  /** Whether the author is out since the epoch this was said in: it is as if it had not been. */
  isOut?(tx: Tx, said: Said): Promise<boolean>;
  /**
   * Whether what this author wrote there is shown to nobody. `sentAt`: as they say; not known of
   * what stands in an object.
   */
  isUnheard?(tx: Tx, conversation: Conversation, author: string, sentAt?: number): Promise<boolean>;
  /**
   * It came, is not heard because of this filter, and is dropped. `message`: its id and content,
   * where they are known.
   */
  drop?(tx: Tx, conversation: Conversation, author: string, message?: Dropped): Promise<void>;
}

export interface Dropped {
  readonly id: string;
  readonly content: Uint8Array;
}

/** Acts on a control message, opened and authentic, in a conversation of this kind. */
export type ControlHandler = (tx: Tx, said: Said, body: Uint8Array) => Promise<void>;
type Kind = Conversation["kind"];

/** What others wrote, each in the transaction that keeps it. */
export interface ContentEvents {
  /** A message to show has come. */
  readonly received: TxEvent<MessageView>;
  /** One that is here already came again: its author does not know. */
  readonly receivedAgain: TxEvent<{ readonly said: Said; readonly message: string }>;
  /** Who has what, however it was said: on its own, or riding in a message. */
  readonly acknowledged: TxEvent<{ readonly said: Said; readonly what: Acknowledged }>;
  /** Another device of this person told a contact so, between the two. */
  readonly acknowledgedElsewhere: TxEvent<{ readonly said: Said; readonly what: Acknowledged }>;
  /** Another device of this person wrote this. */
  readonly writtenElsewhere: TxEvent<MessageView>;
}

/** Acts on what others wrote. Features register what they do with it. */
export interface Contents {
  readonly events: ContentEvents;
  readonly apply: ApplyContent;
  readonly mayFetch: MayFetch;
  filter(filter: Filter): void;
  /** Registers what features do with the kinds of content that are theirs. */
  serve(handlers: ContentHandlers): void;
  /**
   * Keeps what is said to people, and emits `received`. Gives the line that it is; undefined when
   * it is not kept: it is here already, its author may not say it, or is not heard, or has said
   * more than there is room for.
   */
  keep(tx: Tx, arrived: Arrived, body: MessageBody): Promise<MessageView | undefined>;
  /**
   * Whether what was done with a message counts, and whether this person did it on another device;
   * undefined: its author may not say it, is not heard, or has done more than this `budget` allows.
   */
  admit(tx: Tx, arrived: Arrived, budget: Budget): Promise<{ readonly mine: boolean } | undefined>;
  /** A control of this name in a conversation of this kind; without a handler it is passed over. */
  onControl(kind: Kind, name: string, handler: ControlHandler): void;
  /** The same from another device of this person, which no handler of `onControl` hears. */
  onOwnControl(kind: Kind, name: string, handler: ControlHandler): void;
}

/**
 * Acts on the content of a message of a leaf that MLS has opened. What came in an object was paid
 * for before it was fetched.
 */
export type ApplyContent = (
  tx: Tx,
  held: HeldEpoch,
  leaf: number,
  bytes: Uint8Array,
  source: "cells" | "object",
) => Promise<void>;

/**
 * Whether this device fetches an object of `bytes` bytes that holds a leaf's message. If not, a
 * line says so where people must know.
 */
export type MayFetch = (tx: Tx, held: HeldEpoch, leaf: number, bytes: number) => Promise<boolean>;

/** One content that was opened, and how it came. */
export interface Arrived {
  readonly content: Content;
  readonly bytes: Uint8Array;
  readonly source: "cells" | "object";
  readonly said: Said;
}

/** What is done with a kind of content, in the transaction that keeps the place in the feed. */
type ContentHandler<K extends Body["kind"]> = (tx: Tx, arrived: Arrived, body: Body & { kind: K }) => Promise<unknown>;

/** What devices say to each other about messages and groups: this room answers for it. */
type OwnKind = "receipt" | "control";
type Handlers<K extends Body["kind"]> = { readonly [Kind in K]: ContentHandler<Kind> };
/** A handler for each other kind. A feature has some of them. */
export type ContentHandlers = Handlers<Exclude<Body["kind"], OwnKind>>;

export function createContents(
  context: Context,
  deps: {
    messages: Messages;
    epochs: Epochs;
    epochRoles: EpochRoles;
    revokedSenders: RevokedSenders;
    profiles: Profiles;
  },
): Contents {
  const { crypto, budgets } = context;
  const { messages, epochs, epochRoles, revokedSenders } = deps;
  const own = createOwnContents(context, deps);
  const mayKeep = createRoom(context, messages);
  const filters: Filter[] = [];
  const { isOut, unheardBy } = askedOf(filters);
  const controls = new Map<string, ControlHandler>();
  const handlers = new Map<string, ContentHandler<Body["kind"]>>();
  const events: ContentEvents = {
    received: createTxEvent(),
    receivedAgain: createTxEvent(),
    acknowledged: createTxEvent(),
    acknowledgedElsewhere: createTxEvent(),
    writtenElsewhere: own.written,
  };

  /**
   * Message path 11/11: saved once, and shown to those who watch as soon as the transaction is
   * durable.
   */
  const applyContent: ApplyContent = async (tx, held, leaf, bytes, source) => {
    const conversation = await findConversation(tx, held.conversation);
    const sender = epochRoles.authorAt(held, leaf);
    if (conversation === undefined || sender === undefined) return;
    const content = parseContent(bytes);
    if (!content.ok) return refuse(tx, conversation.id);
    const said = { conversation, sender, leaf, held };
    if (await isOut(tx, said)) return;
    if (await own.isOwn(tx, sender)) return applyOwn(tx, { content: content.value, bytes, source, said });
    const { body, riding } = content.value;
    if (riding !== undefined && (await mayState(tx, said, riding)))
      await events.acknowledged.emit(tx, { said, what: riding });
    await handlers.get(body.kind)?.(tx, { content: content.value, bytes, source, said }, body);
  };

  /**
   * What another device of this person wrote. What devices say to contacts about groups is theirs
   * to follow, not this one's.
   */
  async function applyOwn(tx: Tx, arrived: Arrived): Promise<void> {
    const { said, content } = arrived;
    const { body, riding } = content;
    const what = body.kind === "receipt" ? body : riding;
    if (what !== undefined && said.conversation.kind === "direct")
      await events.acknowledgedElsewhere.emit(tx, { said, what });
    if (body.kind === "control")
      await controls.get(`own ${said.conversation.kind} ${body.name}`)?.(tx, said, body.body);
    else if (body.kind !== "receipt" && said.conversation.kind !== "self")
      await handlers.get(body.kind)?.(tx, arrived, body);
  }

  const ofDevices: Handlers<OwnKind> = {
    receipt: async (tx, { said }, body) => {
      if (await mayState(tx, said, body)) await events.acknowledged.emit(tx, { said, what: body });
    },
    // What says nothing to people costs this device something all the same.
    control: async (tx, { said }, { name, body }) => {
      const isPaid = await budgets.take(tx, "controls", said.sender);
      if (isPaid) await controls.get(`${said.conversation.kind} ${name}`)?.(tx, said, body);
    },
  };
  serve(ofDevices);

  function serve(some: Partial<Handlers<Body["kind"]>>): void {
    for (const [kind, handle] of Object.entries(some)) handlers.set(kind, handle as ContentHandler<Body["kind"]>);
  }

  async function keep(
    tx: Tx,
    { content, bytes, source, said }: Arrived,
    body: MessageBody,
  ): Promise<MessageView | undefined> {
    const { conversation, sender, held } = said;
    if (!(await mayHaveSaid(tx, said))) return refuse(tx, conversation.id);
    const { id: where, shared } = conversation;
    const id = toHex(messageIdFrom(crypto, bytes, { sender: idBytes(sender), conversation: shared }));
    const { sentAt } = content;
    if (await own.isOwn(tx, sender)) return own.keep(tx, { id, bytes, body, said, content });
    const unheard = await unheardBy(tx, conversation, sender, sentAt);
    if (unheard !== undefined) {
      await unheard.drop?.(tx, conversation, sender, { id, content: bytes });
      return undefined;
    }
    if ((await messages.isHere(tx, where, id)) || (await wasErased(context, tx, sender, bytes)))
      return seenAgain(tx, said, id);
    if (source === "cells" && !(await mayKeep(tx, said, bytes.length))) return undefined;
    const lifetime = lifetimeOf(content.lifetime, epochRoles.rules(held)?.timer ?? 0);
    const line = { kind: body.kind, text: textOf(body) };
    const kept = { id, conversation: where, sender, mine: false, ...line, content: bytes, replyTo: replyToOf(content) };
    const view = await messages.insert(tx, { ...kept, epoch: held.id, sentAt, lifetime, state: "received" });
    if (view !== undefined) await events.received.emit(tx, view);
    return view;
  }

  /** Whether the author might say something to be shown there, and may now. */
  async function mayHaveSaid(tx: Tx, { held, leaf }: Said): Promise<boolean> {
    return revokedSenders.counts(tx, held, leaf, (await epochs.current(tx, held.conversation)) ?? held);
  }

  const mayState = (tx: Tx, { sender }: Said, { delivered, read }: Acknowledged): Promise<boolean> =>
    budgets.take(tx, "statuses", sender, delivered.length + read.length);

  async function seenAgain(tx: Tx, said: Said, id: string): Promise<undefined> {
    await messages.confirm(tx, said.conversation.id, id);
    await messages.saidIn(tx, said.conversation.id, id, said.held.id);
    await count(tx, "duplicates");
    if (await budgets.take(tx, "duplicates", said.sender)) await events.receivedAgain.emit(tx, { said, message: id });
  }

  const mayFetch: MayFetch = async (tx, held, leaf, bytes) => {
    const conversation = await findConversation(tx, held.conversation);
    const sender = epochRoles.authorAt(held, leaf);
    if (conversation === undefined || sender === undefined) return false;
    if (await own.isOwn(tx, sender)) return true;
    const unheard = await unheardBy(tx, conversation, sender);
    if (unheard !== undefined) {
      await unheard.drop?.(tx, conversation, sender);
      return false;
    }
    return mayKeep(tx, { conversation, sender }, bytes);
  };

  /** Nothing an honest member can have meant, or something they may not say. */
  async function refuse(tx: Tx, conversation: string): Promise<undefined> {
    await count(tx, "undecryptable");
    await messages.noteGap(tx, conversation, 1);
  }

  return {
    events,
    apply: applyContent,
    mayFetch,
    filter: (filter) => void filters.push(filter),
    serve,
    keep,
    admit: createAdmit(context, { isOwn: own.isOwn, unheardBy, mayHaveSaid, refuse }),
    onControl: (kind, name, handler) => void controls.set(`${kind} ${name}`, handler),
    onOwnControl: (kind, name, handler) => void controls.set(`own ${kind} ${name}`, handler),
  };
}

/** What holds for all that somebody does with a message. */
function createAdmit(
  context: Context,
  deps: {
    isOwn(tx: Tx, author: string): Promise<boolean>;
    unheardBy(tx: Tx, conversation: Conversation, author: string, sentAt?: number): Promise<Filter | undefined>;
    mayHaveSaid(tx: Tx, said: Said): Promise<boolean>;
    refuse(tx: Tx, conversation: string): Promise<undefined>;
  },
): Contents["admit"] {
  const { budgets } = context;
  return async function admit(tx, { bytes, content, source, said }, budget) {
    const { conversation, sender } = said;
    if (!(await deps.mayHaveSaid(tx, said))) return deps.refuse(tx, conversation.id);
    if (await deps.isOwn(tx, sender)) return { mine: true };
    if ((await deps.unheardBy(tx, conversation, sender, content.sentAt)) !== undefined) {
      // It does not come back when it is said again later.
      await rememberErased(context, tx, sender, bytes);
      return undefined;
    }
    if (await wasErased(context, tx, sender, bytes)) return undefined;
    if (!(await budgets.take(tx, budget, sender))) return undefined;
    const size = bytes.length + MESSAGE_ROW_BYTES;
    if (source === "cells" && !(await budgets.take(tx, "bytes", sender, size))) return undefined;
    return { mine: false };
  };
}

/** What the filters say together. */
function askedOf(filters: readonly Filter[]) {
  async function isOut(tx: Tx, said: Said): Promise<boolean> {
    for (const filter of filters) if ((await filter.isOut?.(tx, said)) === true) return true;
    return false;
  }

  /** The filter that lets nobody see what this author wrote there, if one does. */
  async function unheardBy(
    tx: Tx,
    conversation: Conversation,
    author: string,
    sentAt?: number,
  ): Promise<Filter | undefined> {
    for (const filter of filters)
      if ((await filter.isUnheard?.(tx, conversation, author, sentAt)) === true) return filter;
    return undefined;
  }

  return { isOut, unheardBy };
}
