import type { Clock } from "@pli/engine/ports";
import type { Crypto } from "@pli/protocol/crypto";
import type { MemoryStore } from "../memory-store.ts";
import { createAssaults, type Assaulted } from "./assaults.ts";
import { textOf } from "./calls.ts";
import type { Device } from "./device.ts";
import { ASSAULTS } from "./extras.ts";
import { createForge } from "./forgeries.ts";
import { createGround } from "./ground.ts";
import type { Mischief } from "./mischief.ts";
import { createNoise } from "./noise.ts";
import type { Action, Step } from "./steps.ts";
import type { Witness } from "./witness.ts";

const ATTACKS = ["squat", "forge", ...ASSAULTS] as const;
export type Attack = Extract<Step, { do: (typeof ATTACKS)[number] }>;

export const isAttack = (step: Step): step is Attack => (ATTACKS as readonly Action["do"][]).includes(step.do);

/**
 * A member's keys in other hands: what they let one do that no engine of ours would. `group`: the
 * MLS group's id.
 */
export type Attacker = (step: Attack, group: string) => Promise<Assaulted>;

export function createAttacker(deps: {
  crypto: Crypto;
  device: Device;
  store: MemoryStore;
  clock: Clock;
  witness: Witness;
  mischief: Mischief;
  profiles: readonly string[];
}): Attacker {
  const ground = createGround(deps);
  const noise = createNoise(ground);
  const assaults = createAssaults(ground, deps);
  const forge = createForge(ground, deps.clock);
  const alone = (done: string): Assaulted => ({ done, wanted: [] });

  return async (step, group) => {
    if (step.do === "squat") return alone(noise.squat(group, step));
    const { whom } = step;
    const victim = deps.profiles[whom] ?? "";
    const aim = { group: step.group, whom, victim };
    switch (step.do) {
      case "forge":
        return alone(await forge(group, step.what, { whom: victim, text: textOf(step.id, 0) }));
      case "flood":
        return alone(noise.flood(group, { whom: victim, count: step.count }));
      case "exclude":
        return assaults.exclude(group, aim, false);
      case "exclude all":
        return assaults.exclude(group, aim, true);
      case "wrong tag":
        return alone(await assaults.mistag(group, aim));
      case "replay consent":
        return alone(await assaults.replay(group, aim));
      case "false fork":
      case "refuse":
        return assaults.lie(group, aim, step.do, step.id);
    }
  };
}
