/** Somebody links a device: both in their hands, each typing what the other shows. */
import type { PairingView } from "@pli/engine/api";
import type { Device } from "./device.ts";
import type { Hands } from "./hands.ts";
import type { World } from "./world.ts";

/** The two ends of a linking, by their ids there. */
interface Exchange {
  shown?: string;
  opened?: string;
}

export interface Ends {
  /** The new device is its person's. False: it does not say so yet. */
  arrived(fresh: Device): Promise<boolean>;
  /** It came to nothing. */
  failed(fresh: Device): Promise<void>;
}

export function createLinkingHands(world: World, { ask, follow }: Hands, { arrived, failed }: Ends) {
  const { fleet } = world;

  async function link(old: Device): Promise<void> {
    const fresh = world.addDevice(old.who);
    fleet.arriving.add(fresh.index);
    await fresh.start();
    const both: Exchange = {};
    follow(
      () => linkOn(old, fresh, both),
      () => failed(fresh),
    );
  }

  /** The next thing that the two hands have to do. Whether it is over. */
  async function linkOn(old: Device, fresh: Device, both: Exchange): Promise<boolean> {
    if (!fleet.isTheirs(old)) return over(fresh);
    const [shown, opened] = [await viewOf(fresh, both.shown), await viewOf(old, both.opened)];
    if (shown?.step === "failed" || opened?.step === "failed") return over(fresh);
    if (shown?.step === "paired" && opened?.step === "paired") return arrived(fresh);
    const { link } = shown ?? {};
    if (shown === undefined)
      void ask(fresh, async (engine) => {
        both.shown = (await engine.linkThisDevice({ name: fresh.name })).pairing;
      });
    else if (opened === undefined && link !== undefined)
      void ask(old, async (engine) => {
        both.opened = (await engine.addDevice({ link, confirmed: true })).pairing;
      });
    typeOn(fresh, shown, opened);
    typeOn(old, opened, shown);
    return false;
  }

  const viewOf = async (device: Device, id: string | undefined): Promise<PairingView | undefined> =>
    id === undefined ? undefined : device.read("pairing", { id });

  function typeOn(device: Device, own: PairingView | undefined, other: PairingView | undefined): void {
    const { id, step } = own ?? {};
    const digits = other?.say;
    if (id === undefined || digits === undefined || step !== "code") return;
    void ask(device, (engine) => engine.typeCode({ pairing: id, digits }));
  }

  async function over(fresh: Device): Promise<true> {
    await failed(fresh);
    return true;
  }

  return link;
}
