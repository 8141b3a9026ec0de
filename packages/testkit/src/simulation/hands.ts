/** What people do with their hands, as long as it takes, while all else happens too. */
import type { Engine } from "@pli/engine";
import { isRefusal } from "./calls.ts";
import type { Device } from "./device.ts";
import type { World } from "./world.ts";

/** How often somebody looks whether they can go on with what they began, and for how long. */
const LOOK_MS = 1_000;
const PATIENCE_MS = 180_000;

export type Hands = ReturnType<typeof createHands>;

export function createHands({ trace, troubles, afterwards }: Pick<World, "trace" | "troubles" | "afterwards">) {
  /** What its engine is asked for is done by itself. Whether it answered. */
  async function ask(device: Device, asked: (engine: Engine) => Promise<unknown>): Promise<boolean> {
    const { engine, power } = device;
    if (engine === undefined || power === undefined) return false;
    try {
      const over = power.gone.then(() => false);
      return await Promise.race([asked(engine).then(() => true), over]);
    } catch (error) {
      trace.note(`${device.name}: ${String(error)}`);
      if (!isRefusal(error) && device.engine === engine) troubles.push(`${device.name}: ${String(error)}`);
      return false;
    }
  }

  /** Looks again and again until `look` has come to its end, or nobody would wait any longer. */
  function follow(look: () => Promise<boolean>, end: () => Promise<void> | void, left = PATIENCE_MS): void {
    afterwards(LOOK_MS, async () => {
      if (await look()) return;
      if (left <= 0) return end();
      follow(look, end, left - LOOK_MS);
    });
  }

  return { ask, follow };
}
