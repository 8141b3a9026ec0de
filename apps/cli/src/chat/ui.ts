/** The state of the chat on its screen: every change goes through here and is drawn. */
import type { Context } from "../context.ts";
import { codeOf, Failure } from "../failure.ts";
import { createReader } from "../naming.ts";
import { oneLine } from "../text/safe.ts";
import { failureSentence } from "../words/failures.ts";
import { draw, type Picture } from "./draw/draw.ts";
import { initialState, type ChatState } from "./state.ts";

export interface Ui {
  readonly state: ChatState;
  /** Changes the state and draws it. */
  update(change: Partial<ChatState>): void;
  redraw(): void;
  /** Runs work that may fail. A failure becomes the notice. */
  attempt(work: () => Promise<unknown>): void;
  /** Calls the listener each time another screen has been drawn. */
  onScreen(listener: () => void): void;
}

/** What the names on the screen depend on. */
const NAMING = ["status", "contacts", "conversations", "group"] as const satisfies readonly (keyof ChatState)[];

export function createUi(context: Context, show: (picture: Picture) => void): Ui {
  const state = initialState();
  const listeners = new Set<() => void>();
  const redraw = (): void => show(draw(context, state));

  function update(change: Partial<ChatState>): void {
    Object.assign(state, change);
    if (NAMING.some((name) => name in change))
      state.reader = createReader({ ...state, profile: state.status?.profile });
    redraw();
    if ("screen" in change) for (const listener of listeners) listener();
  }

  function attempt(work: () => Promise<unknown>): void {
    work().catch((thrown: unknown) => {
      const advice = thrown instanceof Failure && thrown.advice !== undefined ? ` ${oneLine(thrown.advice)}` : "";
      update({ notice: failureSentence(context.globals.language, codeOf(thrown)) + advice });
    });
  }

  return { state, update, redraw, attempt, onScreen: (listener) => void listeners.add(listener) };
}
