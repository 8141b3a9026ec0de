/** Leads a pairing to its end, whether people or a program look on. */
import type { PairingStep, PairingView, PliApi } from "@pli/engine/api";
import { EXIT } from "../exit.ts";
import { codeOf, Failure, failureFrom } from "../failure.ts";
import { codeOfPairing, plainDigits } from "./invitations.ts";

/** What a pairing shows and asks. `faces.ts` has one for people and one for programs. */
export interface PairingFace {
  /** Inviter only, once. */
  link(view: PairingView, link: string): void;
  /** Each new step but `code`, `paired` and `failed`, and each change of what it waits for. */
  step(step: PairingStep, view: PairingView): void;
  /** Once: the four digits to read out. */
  code(view: PairingView, say: string): void;
  /** Asks for the four digits that the other person read out. `undefined`: the input has ended. */
  digits(view: PairingView): Promise<string | undefined>;
  wrong(attemptsLeft: number): void;
  malformed(attemptsLeft: number): void;
  /** This person's own digits were typed, which costs no try. */
  own(attemptsLeft: number): void;
}

/**
 * Leads a pairing from its present step to its end. Resolves once paired, and where a device is to
 * come in on another day (`until`); otherwise rejects with `Failure`. Cancels the pairing on both
 * sides when interrupted, or when the input ends before the digits.
 */
export async function runPairing(
  api: PliApi,
  id: string,
  face: PairingFace,
  onInterrupt: (listener: () => void) => () => void,
): Promise<PairingView> {
  const followed = followPairing(api, id, face);
  let interrupted = false;
  const interruption = Promise.withResolvers<never>();
  const ignoreInterrupts = onInterrupt(() => {
    interrupted = true;
    cancelled(api, id).catch(interruption.reject);
  });
  try {
    const typing = followed.code.then((view) => typeDigits(api, view, face));
    return await Promise.race([typing.then(() => followed.outcome), followed.outcome, interruption.promise]);
  } catch (thrown) {
    throw interrupted ? new Failure("pairing_cancelled", { exit: EXIT.interrupted }) : failureFrom(thrown);
  } finally {
    ignoreInterrupts();
    followed.stop();
  }
}

/** Shows each step. `code` resolves when digits are to be typed; `outcome` at the end. */
function followPairing(api: PliApi, id: string, face: PairingFace) {
  const outcome = Promise.withResolvers<PairingView>();
  const code = Promise.withResolvers<PairingView>();
  const shown = { link: false, code: false, at: "" };
  const show = (view: PairingView | undefined) => {
    if (view === undefined) return outcome.reject(new Failure("pairing_unknown"));
    if (view.step === "failed") return outcome.reject(new Failure(codeOfPairing(view)));
    if (view.step === "paired" || view.until !== undefined) return outcome.resolve(view);
    if (view.link !== undefined && !shown.link) face.link(view, view.link);
    shown.link ||= view.link !== undefined;
    const at = `${view.step} ${view.link === undefined ? "without" : "with"} a link, waiting for ${view.waitsFor?.store}`;
    if (at !== shown.at) showStep(view);
    shown.at = at;
  };
  const showStep = (view: PairingView) => {
    if (view.step !== "code" || view.say === undefined) return face.step(view.step, view);
    if (!shown.code) face.code(view, view.say);
    shown.code = true;
    code.resolve(view);
  };
  const stop = api.watch("pairing", { id }, show);
  return { outcome: outcome.promise, code: code.promise, stop };
}

/** Asks until the digits are right, the invitation is burned, or the input ends. */
async function typeDigits(api: PliApi, start: PairingView, face: PairingFace): Promise<void> {
  let view: PairingView | undefined = start;
  while (view?.step === "code") {
    const digits = await face.digits(view);
    if (digits === undefined) return cancelled(api, start.id);
    const error = await tryDigits(api, start.id, digits);
    if (error === undefined) return;
    view = await api.read("pairing", { id: start.id });
    if (view?.step !== "code") return;
    face[error](view.attemptsLeft);
  }
}

async function tryDigits(api: PliApi, id: string, typed: string): Promise<"wrong" | "malformed" | "own" | undefined> {
  try {
    await api.typeCode({ pairing: id, digits: plainDigits(typed) });
    return undefined;
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "code_wrong") return "wrong";
    if (code === "code_malformed") return "malformed";
    if (code === "code_own") return "own";
    throw thrown;
  }
}

async function cancelled(api: PliApi, id: string): Promise<never> {
  await api.cancelPairing({ pairing: id });
  throw new Failure("pairing_cancelled");
}
