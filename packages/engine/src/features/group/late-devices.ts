/**
 * Own devices that are not in a group yet, or not any more, while this one is: from where on they
 * lack what is said there. Who brings one in tells it that.
 */
import type { Missed } from "@pli/protocol/group";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { findNewestOrder } from "../messages/messages.table.ts";

/** By device: behind which message. */
type Late = Readonly<Record<string, Missed>>;

const keyOf = (conversation: string): string => `late-devices ${conversation}`;

/** An epoch has begun. `isFirst`: this device has just come in, and knew nothing before. */
export async function noteLate(
  { epochRoles, ownDevices }: { epochRoles: EpochRoles; ownDevices: OwnDevices },
  tx: Tx,
  held: HeldEpoch,
  isFirst = false,
): Promise<void> {
  const others = await ownDevices.others(tx);
  if (others.length === 0) return;
  const present = new Set([...epochRoles.seats(held).values()].map(({ device }) => device));
  const before = (await findMeta<Late>(tx, keyOf(held.conversation))) ?? {};
  const absent = others.filter((device) => !present.has(device) && before[device] === undefined);
  if (absent.length === 0) return;
  const since = isFirst ? { after: 0, own: 0 } : await findNewestOrder(tx, held.conversation);
  const late = { ...before, ...Object.fromEntries(absent.map((device) => [device, since])) };
  await saveMeta(tx, keyOf(held.conversation), late satisfies Late);
}

/** What one of these lacks who have come in; the others have it. Undefined: nothing. */
export async function takeLate(tx: Tx, conversation: string, devices: readonly string[]): Promise<Missed | undefined> {
  const late = await findMeta<Late>(tx, keyOf(conversation));
  const [first, ...more] = devices.flatMap((device) => late?.[device] ?? []);
  if (late === undefined || first === undefined) return undefined;
  const rest = Object.entries(late).filter(([device]) => !devices.includes(device));
  if (rest.length > 0) await saveMeta(tx, keyOf(conversation), Object.fromEntries(rest) satisfies Late);
  else await deleteMeta(tx, keyOf(conversation));
  return more.reduce(
    ({ after, own }, one) => ({ after: Math.min(after, one.after), own: Math.min(own, one.own) }),
    first,
  );
}
