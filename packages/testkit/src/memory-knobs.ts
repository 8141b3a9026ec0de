/** How a store in memory misbehaves: what tests turn, and the weather on its lines. */
import type { Form, WireCode } from "@pli/protocol/wire";

/** What a test can make a store do. Set any of them at any time. */
export interface Knobs {
  /** Nobody answers: dialling fails, and open connections were cut. Set it with `takeDown`. */
  down: boolean;
  /** Each frame, either way, takes this long by the clock. */
  delayMs: number;
  /** Puts are refused with this code; `store_full` and `store_busy` are the usual ones. */
  refusePuts: WireCode | undefined;
  /** Every request but hello is refused with this code. */
  refuseAll: WireCode | undefined;
  /** Gets and feeds give other bytes under a label than were put there. */
  lying: boolean;
  /** The answers to this many puts to come are lost, though they are stored. */
  loseAnswers: number;
  /** This many puts to come are lost before they are stored, without an answer. */
  losePuts: number;
  /** After this many puts more, stored but not answered, the connection is cut. */
  cutAfterPuts: number | undefined;
  /** The form its feeds are given in. */
  form: Form;
  /** Seconds its clock is ahead of ours. */
  clockAhead: number;
  retentionDays: number;
  /** The only version of the wire format it speaks. */
  version: number;
}

/** What becomes of each frame on its way and of each answer, decided as it leaves. */
export interface Weather {
  /**
   * How long this frame is on the way, in ms: those after it on the same connection arrive no
   * sooner.
   */
  delay(): number;
  /** A request is acted on as usual, not at all, or its connection ends before it. */
  request(): "usual" | "lost" | "cut";
  /**
   * How often its answer is given, and by how many ms others may overtake it. The feed itself keeps
   * its order.
   */
  answer(): { copies: number; late: number };
}
