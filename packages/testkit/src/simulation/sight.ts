import type { GroupView, MessageView } from "@pli/engine/api";
import { allMessages } from "@pli/engine/pages";
import type { Base } from "./base.ts";
import { conversationOf, type Founded, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import type { Gone } from "./fleet.ts";
import type { Witness } from "./witness.ts";

/** All that is known of a run when it is judged. */
export interface Case {
  readonly base: Base;
  readonly devices: readonly Device[];
  /** By their number: those that are their person's no more. */
  readonly gone: ReadonlyMap<number, Gone>;
  /** The ids of devices, where people may have several. */
  readonly ids: ReadonlyMap<number, string>;
  isHonest(who: number): boolean;
  readonly witness: Witness;
  /** What engines took from their people. */
  readonly said: readonly Said[];
  /** Which devices were put back to an earlier state: in which step, the last time. */
  readonly restored: ReadonlyMap<number, Restored>;
  /** What the store no longer has, though it had taken it. */
  readonly losses: readonly Loss[];
  readonly founded: Founded;
  /** Whether newcomers may ever have been shown what was written before they came. */
  readonly newcomersMayRead: boolean;
}

/** A device that was put back to an earlier state. */
export interface Restored {
  /** The step that did it, the last time. */
  readonly step: number;
  /** How many texts had been sealed when a device was made from a backup. */
  readonly sealed?: number;
}

/**
 * The store lost what was sealed between two moments; each as how many texts had been sealed by
 * then.
 */
export interface Loss {
  readonly from: number;
  readonly to: number;
}

/** A text as one device shows it. */
export interface Shown {
  readonly text: string;
  readonly author: string;
  readonly state: MessageView["state"];
}

/** One conversation as one device has it. */
export interface Seen {
  readonly device: Device;
  /** What the conversation is called in a report. */
  readonly name: string;
  readonly state: string;
  readonly shown: readonly Shown[];
  readonly group: GroupView | undefined;
  /** The epoch it stands at, with what only those who share it know. */
  readonly epoch: string;
}

export async function seenBy(
  devices: readonly Device[],
  look: (device: Device) => Promise<Seen | undefined>,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const device of devices) {
    const one = await look(device);
    if (one !== undefined) seen.push(one);
  }
  return seen;
}

export async function groupOn(
  { witness }: Case,
  device: Device,
  number: number,
  shared: string,
): Promise<Seen | undefined> {
  const id = await conversationOf(device, shared);
  const group = id === undefined ? undefined : await device.read("group", { id });
  if (id === undefined || group === undefined) return undefined;
  const [row] = await device.rows(
    "SELECT number FROM epochs WHERE conversation = ? AND retired_at IS NULL ORDER BY id DESC LIMIT 1",
    [id],
  );
  const begun = witness.begun(device.index).findLast((one) => one.shared === shared && one.epoch === row?.["number"]);
  const epoch = `${begun?.epoch} ${begun?.authenticator.slice(0, 12)}`;
  return { device, name: `group ${number}`, state: group.state, shown: await shownOn(device, id), group, epoch };
}

/** `pair`: the two people. */
export async function directOn({ base }: Case, device: Device, pair: readonly number[]): Promise<Seen | undefined> {
  const views = (await device.read("conversations", {})) ?? [];
  const profiles = new Set(pair.map((who) => base.profiles[who]));
  const view = views.find(({ contact }) => contact !== device.profile && profiles.has(contact));
  if (view === undefined) return undefined;
  const name = pair
    .map((who) => base.names[who] ?? "")
    .sort()
    .join(" and ");
  return { device, name, state: view.state, shown: await shownOn(device, view.id), group: undefined, epoch: "" };
}

export async function shownOn(device: Device, conversation: string): Promise<Shown[]> {
  const all = await allMessages((page) => device.read("messages", page), conversation);
  return all.flatMap(({ body, from, state }) =>
    body.kind === "text" ? [{ text: nameOf(body.text), author: from, state }] : [],
  );
}

/** A text by its number: the rest is filling. */
export const nameOf = (text: string): string => text.split(" ")[0] ?? text;
