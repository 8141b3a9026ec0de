import type { Answer } from "@pli/protocol/wire";
import type { Line } from "../../src/faces/websocket/connection.ts";
import { answerIn } from "./client.ts";
import { turns } from "./event-loop.ts";

/** A line whose other side takes nothing until `drain`. */
export const createFakeLine = () => {
  const sent: Uint8Array[] = [];
  const leaving: (() => void)[] = [];
  let pending = 0;
  let paused = false;
  let closedFor: string | undefined;
  const line: Line = {
    send: (message, left) => {
      sent.push(message);
      pending += message.length;
      if (left !== undefined) leaving.push(left);
    },
    isWritable: () => pending < 512 * 1024,
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    close: (reason) => {
      closedFor = reason;
    },
  };
  return {
    line,
    sent,
    pending: () => pending,
    paused: () => paused,
    closedFor: () => closedFor,
    /** The other side reads everything, as long as anything comes. */
    drain: async (drained: () => void) => {
      await turns(3);
      while (pending > 0) {
        pending = 0;
        for (const left of leaving.splice(0)) left();
        drained();
        await turns(3);
      }
    },
  };
};

export const answersIn = (sent: readonly Uint8Array[]): Answer[] => sent.map(answerIn);
