import type { FakeClock } from "../fake-clock.ts";
import { conversationOf, isRefusal, textOf, type Founded, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import type { Trace } from "./trace.ts";

/** What there is when everything has been made well. */
export interface Stage {
  readonly honest: readonly Device[];
  /** Profiles of those who do not keep to the rules. */
  readonly without: readonly string[];
  readonly founded: Founded;
  readonly clock: FakeClock;
  readonly trace: Trace;
  /** Waits until it is done; that it never ends is noted. */
  finished(work: Promise<unknown>, what: string): Promise<void>;
}

/** Until a group that was founded again has all its people. */
const FOUNDED_MS = 180_000;
/** The numbers of what is said at the end begin here: no plan has this many steps. */
const ROLL = 1_000;

/**
 * An owner whose group is blocked founds a successor, without those who block it.
 */
export async function unjam({ honest, without, founded, clock, trace }: Stage): Promise<void> {
  for (const device of honest) {
    for (const shared of founded.values()) {
      const conversation = await conversationOf(device, shared);
      const view = conversation === undefined ? undefined : await device.read("group", { id: conversation });
      if (conversation === undefined || view?.state !== "ready" || view.blocked?.mayFound !== true) continue;
      trace.note(`== ${device.name} founds it again`);
      await device.engine
        ?.foundSuccessorGroup({ conversation, without: [...without] })
        .catch((error) => trace.note(String(error)));
      await clock.advance(FOUNDED_MS);
    }
  }
}

/**
 * Everybody says something in every group where they may write: being in the same state, they must
 * hear each other.
 */
export async function callRoll({ honest, founded, trace, finished }: Stage, said: Said[]): Promise<void> {
  for (const [group, shared] of founded) {
    for (const device of honest) {
      const conversation = await conversationOf(device, shared);
      const view = conversation === undefined ? undefined : await device.read("group", { id: conversation });
      if (conversation === undefined || view?.state !== "ready") continue;
      const step = ROLL + 10 * group + device.index;
      const text = textOf(step, 0);
      trace.note(`== ${device.name} says #${step}`);
      const sending = device.engine?.sendText({ conversation, text }) ?? Promise.reject(new Error("no engine"));
      const saying = sending.then(
        () => said.push({ step, author: device.index, text }),
        (error: unknown) => {
          if (!isRefusal(error)) throw error;
        },
      );
      await finished(saying, `${device.name} says #${step}`);
    }
  }
}
