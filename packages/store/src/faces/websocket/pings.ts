import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import { pingWith, type Message } from "../../core/message.ts";
import type { Reassembly } from "./reassembly.ts";

/** A client as the pings see it. */
export interface PingedClient {
  readonly line: { send(message: Message): void };
  readonly connection: { greeted(): boolean };
  readonly reassembly: Reassembly;
  readonly ping: PingState;
}

interface PingState {
  /** The turn in which the client is pinged. */
  readonly turn: number;
  pinged: boolean;
  answered: boolean;
  /** The message that was under way at the last ping. */
  unfinished: number | undefined;
}

/** Pings every client once in `everyMs`, and terminates the sockets of dead ones. */
export interface Pings {
  /** The state of a client that comes now. */
  newState(): PingState;
  /** The client sent a pong with these bytes. */
  answered(client: PingedClient, bytes: Buffer): void;
  stop(): void;
}

/** Clients are pinged in this many turns, not all at once. */
const TURNS = 16;
const PING_BYTES = 8;

export const createPings = (clients: ReadonlyMap<WebSocket, PingedClient>, everyMs: number): Pings => {
  /** The last ping of each turn. Only a client that reads its line can answer with these bytes. */
  const sent: Buffer[] = [];
  let turn = 0;
  const pingTurn = (): void => {
    turn = (turn + 1) % TURNS;
    const bytes = randomBytes(PING_BYTES);
    const message = pingWith(bytes);
    sent[turn] = bytes;
    for (const [socket, client] of clients) {
      if (client.ping.turn !== turn) continue;
      if (client.ping.pinged && !isAlive(client)) socket.terminate();
      else ping(client, message);
    }
  };
  const timer = setInterval(pingTurn, everyMs / TURNS);
  return {
    newState: () => ({ turn: clients.size % TURNS, pinged: false, answered: false, unfinished: undefined }),
    answered: ({ ping }, bytes) => {
      if (sent[ping.turn]?.equals(bytes) === true) ping.answered = true;
    },
    stop: () => clearInterval(timer),
  };
};

const ping = ({ ping: state, reassembly, line }: PingedClient, message: Message): void => {
  state.pinged = true;
  state.answered = false;
  state.unfinished = reassembly.unfinished();
  reassembly.forgetControlFrames();
  line.send(message);
};

/**
 * The client has said hello, has read the last ping, and is not in the middle of the same message
 * as then.
 */
const isAlive = ({ ping: { answered, unfinished }, connection, reassembly }: PingedClient): boolean => {
  const isStuck = unfinished !== undefined && reassembly.unfinished() === unfinished;
  return answered && connection.greeted() && !isStuck;
};
