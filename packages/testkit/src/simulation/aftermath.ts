import type { FakeClock } from "../fake-clock.ts";
import { conversationOf, isRefusal, textOf, type Founded, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import type { Fleet } from "./fleet.ts";
import type { Trace } from "./trace.ts";

/** What there is when everything has been made well. */
export interface Stage {
  readonly fleet: Fleet;
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
export const ROLL = 1_000;
/** And those of what is said between two. */
const FURTHER = 2_000;

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
export async function callRoll(stage: Stage, said: Said[]): Promise<void> {
  for (const [group, shared] of stage.founded) {
    for (const device of stage.honest) {
      const conversation = await conversationOf(device, shared);
      const view = conversation === undefined ? undefined : await device.read("group", { id: conversation });
      if (conversation === undefined || view?.state !== "ready") continue;
      await say(stage, said, { device, conversation, step: ROLL + 100 * group + device.index });
    }
  }
}

async function say(
  { trace, finished }: Stage,
  said: Said[],
  { device, conversation, step }: { device: Device; conversation: string; step: number },
): Promise<void> {
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

/**
 * Where somebody has several devices, or had others, each says something to each contact, and hears
 * each of them; so does who has a device that is out, in all its conversations.
 */
export async function callEachOther(stage: Stage, said: Said[]): Promise<void> {
  const { fleet } = stage;
  const several = new Set(fleet.devices.filter(({ index }) => index >= fleet.first).map(({ who }) => who));
  let step = FURTHER;
  for (const device of fleet.devices.filter((one) => several.has(one.who) && one.engine !== undefined)) {
    for (const { id, kind } of (await device.read("conversations", {})) ?? [])
      if (kind === "direct" || !fleet.isTheirs(device))
        await say(stage, said, { device, conversation: id, step: step++ });
  }
}

/** What a person does who sees a device in their list that they do not have. */
export async function tidy({ fleet, honest, trace }: Stage): Promise<void> {
  for (const who of new Set(honest.map((device) => device.who))) {
    const own = fleet.of(who);
    const ids = new Set(own.map(({ index }) => fleet.ids.get(index)));
    for (const { id } of (await own[0]?.read("devices", {})) ?? []) {
      if (ids.has(id)) continue;
      trace.note(`== ${own[0]?.name} removes ${id}`);
      await own[0]?.engine?.removeDevice({ device: id }).catch((error) => trace.note(String(error)));
    }
  }
}
