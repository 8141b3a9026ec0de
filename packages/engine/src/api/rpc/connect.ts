import type { MessageView, PliApi, Queries, QueryName } from "../api.ts";
import { isErrorCode, PliError } from "../../runtime/errors.ts";
import type { Channel } from "./channel.ts";
import { parseReplyMessage, type Method, type ReplyMessage } from "./messages.ts";

/** An engine elsewhere, as if it were here. */
export interface RemoteApi extends PliApi {
  /** The engine is now at the other end of this channel: open watches go on there. */
  replaceChannel(channel: Channel): void;
  /**
   * The engine cannot be reached for now: what comes waits for the next one, and so does what may
   * be done twice. Any other call it has not answered fails with `engine_gone`: whether it was done
   * is not known.
   */
  dropChannel(): void;
  /** Ends for good: every call fails with `engine_gone`. */
  close(): void;
}

interface Watch {
  readonly query: QueryName;
  readonly parameters: Record<string, unknown>;
  listener(value: unknown): void;
  /** The last value given, so that a new engine does not give it again. */
  last: string | undefined;
}

interface Call {
  readonly method: Method;
  readonly parameters: Record<string, unknown>;
  sent: boolean;
  resolve(value: unknown): void;
  reject(error: PliError): void;
}

/**
 * What may be done twice with the effect of once: asked again of the next engine when the answer is
 * lost.
 */
const REPEATABLE: ReadonlySet<Method> = new Set<Method>([
  "read",
  "search",
  "renameProfile",
  "nameInvitation",
  "acceptInvitation",
  "resend",
  "sendText",
  "markRead",
  "saveDraft",
  "mute",
  "nameContact",
  "block",
  "changeSettings",
  "reconnect",
  "drain",
]);

/** A name no other call of this device has; not a secret. */
function uniqueName(): string {
  return Array.from({ length: 3 }, () => Math.random().toString(36).slice(2))
    .join("")
    .slice(0, 32);
}

/**
 * The application's end of RPC. Without a channel, calls wait for one and watches give nothing yet.
 */
export function connectApi(first?: Channel): RemoteApi {
  const watches = new Map<number, Watch>();
  const calls = new Map<number, Call>();
  const listeners = new Set<(message: MessageView) => void>();
  let channel: Channel | undefined;
  let lastId = 0;
  let closed = false;

  function replaceChannel(next: Channel): void {
    dropChannel();
    if (closed) return next.close();
    channel = next;
    next.onMessage((message) => {
      const reply = parseReplyMessage(message);
      if (channel === next && reply !== undefined) receive(reply);
    });
    next.onClose(() => {
      if (channel === next) dropChannel();
    });
    if (listeners.size > 0) next.send({ type: "listen" });
    for (const [id, { query, parameters }] of watches) next.send({ type: "watch", id, query, parameters });
    for (const [id, call] of calls) sendCall(next, id, call);
  }

  function dropChannel(): void {
    const old = channel;
    channel = undefined;
    old?.close();
    for (const [id, call] of calls) {
      if (REPEATABLE.has(call.method)) call.sent = false;
      else if (call.sent) fail(id, "engine_gone");
    }
  }

  function receive(reply: ReplyMessage): void {
    switch (reply.type) {
      case "message":
        return listeners.forEach((listener) => listener(reply.message as MessageView));
      case "value":
        return give(reply.id, reply.value);
      case "result":
        calls.get(reply.id)?.resolve(reply.value);
        return void calls.delete(reply.id);
      case "error":
        return reply.code === "engine_gone" ? keep(reply.id) : fail(reply.id, reply.code);
    }
  }

  /** An engine that is closing did nothing of this call: it waits for the next one. */
  function keep(id: number): void {
    const call = calls.get(id);
    if (call !== undefined) call.sent = false;
  }

  function give(id: number, value: unknown): void {
    const watch = watches.get(id);
    const shape = JSON.stringify(value) ?? "";
    if (watch === undefined || watch.last === shape) return;
    watch.last = shape;
    watch.listener(value);
  }

  function fail(id: number, code: string): void {
    calls.get(id)?.reject(new PliError(isErrorCode(code) ? code : "internal"));
    calls.delete(id);
  }

  function call<T>(method: Method, parameters: object): Promise<T> {
    if (closed) return Promise.reject(new PliError("engine_gone"));
    const id = (lastId += 1);
    return new Promise<unknown>((resolve, reject) => {
      const made: Call = { method, parameters: parameters as Record<string, unknown>, sent: false, resolve, reject };
      calls.set(id, made);
      if (channel !== undefined) sendCall(channel, id, made);
    }) as Promise<T>;
  }

  function sendCall(to: Channel, id: number, made: Call): void {
    made.sent = true;
    to.send({ type: "call", id, method: made.method, parameters: made.parameters });
  }

  function watch<N extends QueryName>(
    query: N,
    parameters: Queries[N]["parameters"],
    listener: (value: Queries[N]["result"]) => void,
  ): () => void {
    const id = (lastId += 1);
    const opened: Watch = {
      query,
      parameters,
      listener: (value) => listener(value as Queries[N]["result"]),
      last: undefined,
    };
    watches.set(id, opened);
    channel?.send({ type: "watch", id, query, parameters });
    return () => {
      if (watches.delete(id)) channel?.send({ type: "unwatch", id });
    };
  }

  if (first !== undefined) replaceChannel(first);
  return {
    watch,
    read: (query, parameters) => call("read", { query, parameters }),
    onMessage: (listener) => {
      if (listeners.size === 0) channel?.send({ type: "listen" });
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    createProfile: (p) => call("createProfile", p),
    renameProfile: (p) => call("renameProfile", p),
    createInvitation: (p) => call("createInvitation", p),
    nameInvitation: (p) => call("nameInvitation", p),
    acceptInvitation: (p) => call("acceptInvitation", p),
    typeCode: (p) => call("typeCode", p),
    cancelPairing: (p) => call("cancelPairing", p),
    sendText: (p) => call("sendText", { request: uniqueName(), ...p }),
    createGroup: (p) => call("createGroup", p),
    addToGroup: (p) => call("addToGroup", p),
    removeFromGroup: (p) => call("removeFromGroup", p),
    setRole: (p) => call("setRole", p),
    changeGroup: (p) => call("changeGroup", p),
    renewGroupKeys: (p) => call("renewGroupKeys", p),
    leaveGroup: (p) => call("leaveGroup", p),
    cancelChange: (p) => call("cancelChange", p),
    refoundGroup: (p) => call("refoundGroup", p),
    answerGroupQuestion: (p) => call("answerGroupQuestion", p),
    deleteConversation: (p) => call("deleteConversation", p),
    resend: (p) => call("resend", p),
    askForHeld: (p) => call("askForHeld", p),
    forgetMessage: (p) => call("forgetMessage", p),
    markRead: (p) => call("markRead", p),
    saveDraft: (p) => call("saveDraft", p),
    mute: (p) => call("mute", p),
    nameContact: (p) => call("nameContact", p),
    block: (p) => call("block", p),
    search: (p) => call("search", p),
    changeSettings: (p) => call("changeSettings", p),
    reconnect: () => call("reconnect", {}),
    drain: (p) => call("drain", p),
    replaceChannel,
    dropChannel,
    close: () => {
      closed = true;
      dropChannel();
      for (const id of calls.keys()) fail(id, "engine_gone");
      watches.clear();
    },
  };
}
