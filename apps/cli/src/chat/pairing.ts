/** The screen of an invitation. */
import type { PairingView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { Failure } from "../failure.ts";
import { codeOfPairing, plainDigits } from "../pairing/invitations.ts";
import type { Words } from "../words/index.ts";
import type { Conversations } from "./conversations.ts";
import { EMPTY } from "./editor.ts";
import type { Ui } from "./ui.ts";

export interface PairingScreen {
  /**
   * Shows the screen at once, so that the next key belongs to it, and begins an invitation. One
   * that was left before it was made is cancelled.
   */
  begin(make: () => Promise<{ pairing: string; own?: true }>): Promise<void>;
  /** Shows an invitation that is under way. */
  resume(pairing: string): void;
  /** Leaves the screen. The invitation continues. */
  leave(): void;
  /** Cancels the invitation, at the second call. */
  cancel(): Promise<void>;
  typeDigits(digits: string): Promise<void>;
  /** Stops watching. */
  close(): void;
}

export function createPairingScreen(deps: {
  api: PliApi;
  ui: Ui;
  words: Words;
  conversations: Conversations;
}): PairingScreen {
  const { api, words, conversations } = deps;
  const { state, update, attempt } = deps.ui;
  /** Grows each time the screen is shown or left. */
  let visit = 0;
  let stopWatching = (): void => {};

  async function begin(make: () => Promise<{ pairing: string; own?: true }>): Promise<void> {
    const shown = show();
    try {
      const { pairing, own } = await make();
      if (own === true) throw new Failure("pairing_with_self");
      if (shown === visit) watch(pairing);
      else await api.cancelPairing({ pairing });
    } catch (thrown) {
      if (shown === visit) leave();
      throw thrown;
    }
  }

  function show(): number {
    conversations.leave();
    stopWatching();
    update({ screen: "pairing", pairing: undefined, editor: EMPTY, leaving: false });
    return (visit += 1);
  }

  function watch(id: string): void {
    stopWatching = api.watch("pairing", { id }, (pairing) => attempt(() => follow(pairing)));
  }

  async function follow(pairing: PairingView | undefined): Promise<void> {
    update({ pairing });
    if (pairing?.step !== "paired" && pairing?.step !== "failed") return;
    leave();
    if (pairing.step === "failed") throw new Failure(codeOfPairing(pairing));
    conversations.open(pairing.conversation);
    update({ notice: words.pairing.paired(shownName(pairing.peer ?? "")) });
  }

  function leave(): void {
    visit += 1;
    stopWatching();
    update({ screen: "list", pairing: undefined, editor: EMPTY, leaving: false });
  }

  async function cancel(): Promise<void> {
    const { pairing } = state;
    if (!state.leaving) return update({ leaving: true });
    leave();
    if (pairing !== undefined) await api.cancelPairing({ pairing: pairing.id });
  }

  async function typeDigits(digits: string): Promise<void> {
    if (state.pairing?.step !== "code") return;
    update({ editor: EMPTY });
    await api.typeCode({ pairing: state.pairing.id, digits: plainDigits(digits) });
  }

  return {
    begin,
    resume: (id) => {
      show();
      watch(id);
    },
    leave,
    cancel,
    typeDigits,
    close: () => stopWatching(),
  };
}
