import type { Engine } from "@pli/engine";
import { PliError } from "@pli/engine/errors";
import type { SqlRow } from "@pli/engine/ports";
import { toHex } from "@pli/protocol/crypto";
import type { Base } from "./base.ts";
import type { Device } from "./device.ts";
import type { Step } from "./steps.ts";

/** A text that its author's engine took. */
export interface Said {
  readonly step: number;
  /** The number of the device on which it was said. */
  readonly author: number;
  readonly text: string;
}

/**
 * The groups of a run: by their number, the id that all their members share (hexadecimal), once
 * they are founded.
 */
export type Founded = Map<number, string>;

/** What a person asks of their engine in a step. Undefined: it makes no sense on this device. */
export async function callOf(
  step: Step,
  { device, base, founded, said }: { device: Device; base: Base; founded: Founded; said: Said[] },
): Promise<(() => Promise<unknown>) | undefined> {
  const { engine } = device;
  if (engine === undefined) return undefined;
  if (step.do === "tell") return tell(engine, device, base, step, said);
  if (step.do === "found") return found(engine, device, base, step, founded);
  if (!("group" in step)) return undefined;
  const conversation = await conversationOf(device, founded.get(step.group));
  return conversation === undefined ? undefined : inGroup(engine, device, base, { ...step, conversation }, said);
}

function inGroup(
  engine: Engine,
  { index }: Device,
  base: Base,
  step: Step & { conversation: string },
  said: Said[],
): (() => Promise<unknown>) | undefined {
  const { conversation } = step;
  const id = (who: number): string => base.profiles[who] ?? "";
  switch (step.do) {
    case "say":
      return () => send(engine, conversation, step, index, said);
    case "add":
      return () => engine.addToGroup({ conversation, contacts: step.whom.map(id) });
    case "remove":
      return () => engine.removeFromGroup({ conversation, members: step.whom.map(id) });
    case "role":
      return () => engine.setRole({ conversation, member: id(step.whom), role: step.role });
    case "change":
      return () => engine.changeGroup({ conversation, ...step.change });
    case "renew":
      return () => engine.renewGroupKeys({ conversation });
    case "leave":
      return () => engine.leaveGroup({ conversation, successor: id(step.successor) });
    default:
      return undefined;
  }
}

async function tell(
  engine: Engine,
  device: Device,
  base: Base,
  step: Step & { do: "tell" },
  said: Said[],
): Promise<(() => Promise<unknown>) | undefined> {
  const contact = await device.read("contact", { id: base.profiles[step.whom] ?? "" });
  return contact === undefined ? undefined : () => send(engine, contact.conversation, step, device.index, said);
}

async function found(
  engine: Engine,
  device: Device,
  base: Base,
  { group, whom }: Step & { do: "found" },
  founded: Founded,
): Promise<() => Promise<unknown>> {
  return async () => {
    const contacts = whom.map((who) => base.profiles[who] ?? "");
    const { conversation } = await engine.createGroup({ name: `Group ${group}`, contacts });
    const [row] = await device.rows("SELECT shared FROM conversations WHERE id = ?", [conversation]);
    founded.set(group, sharedIn(row));
  };
}

async function send(
  engine: Engine,
  conversation: string,
  { id, length }: { id: number; length: number },
  author: number,
  said: Said[],
): Promise<void> {
  const text = textOf(id, length);
  await engine.sendText({ conversation, text });
  said.push({ step: id, author, text });
}

/** No two steps write the same. */
export const textOf = (step: number, length: number): string => `#${step} `.padEnd(length, "x");

/** The id this device gave to a group, if it knows it. */
export async function conversationOf(device: Device, shared: string | undefined): Promise<string | undefined> {
  if (shared === undefined) return undefined;
  const rows = await device.rows("SELECT id, shared FROM conversations WHERE kind = 'group'");
  const id = rows.find((row) => sharedIn(row) === shared)?.["id"];
  return typeof id === "string" ? id : undefined;
}

const sharedIn = (row: SqlRow | undefined): string =>
  row?.["shared"] instanceof Uint8Array ? toHex(row["shared"]) : "";

/** Whether the engine refused what a person did, with a reason. */
export const isRefusal = (error: unknown): boolean => error instanceof PliError && error.code !== "internal";
