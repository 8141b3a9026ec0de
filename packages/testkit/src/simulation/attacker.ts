import type { Clock } from "@pli/engine/ports";
import { createContent, encodeContent } from "@pli/protocol/content";
import {
  advanced,
  chainOf,
  chainsFromExport,
  chainSlot,
  COMMIT_ATTEMPTS,
  createGroupEngine,
  putsFromCommit,
  sealMessage,
  type Epoch,
  type GroupEngine,
  type Slot,
} from "@pli/protocol/conversation";
import { concat, type Crypto } from "@pli/protocol/crypto";
import {
  encodeRules,
  mayAdd,
  mayChange,
  mayRemove,
  parseRules,
  profileOf,
  roleOf,
  type Rules,
} from "@pli/protocol/group";
import { sealCell, type Put } from "@pli/protocol/object";
import { labelKey, type Cell } from "@pli/protocol/wire";
import type { MemoryStore } from "../memory-store.ts";
import type { Device } from "./device.ts";
import type { Forgery } from "./plan.ts";
import type { Begun, Witness } from "./witness.ts";

/** A member's keys in other hands: what they let one do that no engine of ours would. Says what was done. */
export interface Attacker {
  /** Garbage under labels that are free, the next ones or those `ahead` of them: of commits, of the member's own messages, of everybody else's. */
  squat(group: string, p: { where: "commits" | "own" | "others"; ahead: number; count: number }): string;
  forge(group: string, what: Forgery, p: { whom: string; text: string }): Promise<string>;
}

const CELL_BYTES = 4096;
const FEED = 0;

export function createAttacker(p: {
  crypto: Crypto;
  device: Device;
  store: MemoryStore;
  clock: Clock;
  witness: Witness;
}): Attacker {
  const { crypto, device, store, witness } = p;
  const groups: GroupEngine = createGroupEngine(crypto);
  const now = (): number => Math.floor(p.clock.now() / 1000);

  /** The epoch a member is in, or the one `back` before it. */
  function epochOf(group: string, back = 0): Begun | undefined {
    return witness
      .begun(device.index)
      .filter((one) => one.group === group)
      .at(-1 - back);
  }

  function slotsOf(begun: Begun): { epoch: Epoch; commits: readonly Slot[] } {
    const leaves = groups.members(begun.state).map(({ leaf }) => leaf);
    const { chains, commits } = chainsFromExport(crypto, begun.exported, FEED, leaves);
    const epoch = { group: begun.state, ownLeaf: groups.ownLeaf(begun.state), chains, commits };
    return { epoch: leaves.reduce(atFreeSlot, epoch), commits };
  }

  /** The epoch with a leaf's chain at its first label under which nothing stands. */
  function atFreeSlot(epoch: Epoch, leaf: number): Epoch {
    let next = epoch;
    while (!isFree(chainSlot(crypto, chainOf(next, leaf), FEED))) next = advanced(crypto, next, leaf, 1);
    return next;
  }

  const isFree = ({ label }: Slot): boolean => !store.table.cells.has(labelKey(label));

  function putAll(puts: readonly Put[]): void {
    for (const put of puts) {
      if (put.kind === "cell") store.put({ type: "put", id: 0, label: put.label, cell: put.cell });
      else store.put({ type: "putBlock", id: 0, label: put.label, block: put.block });
    }
  }

  /** Noise, or noise that only a member can have sealed, in one of the forms that a message has. */
  function garbage({ key }: Slot): Cell {
    const kind = (["noise", "whole", "fragment", "pointer", "decoy"] as const)[(crypto.random(1)[0] ?? 0) % 5];
    if (kind === undefined || kind === "noise") return crypto.random(CELL_BYTES) as Cell;
    if (kind === "pointer") return sealCell(crypto, key, kind, concat(crypto.random(32), Uint8Array.of(0, 0, 0x20, 0)));
    const isFirst = kind === "fragment" ? Uint8Array.of(0, 2) : new Uint8Array(0);
    return sealCell(crypto, key, kind, concat(isFirst, crypto.random(kind === "fragment" ? 4_074 : 900)));
  }

  function squat(group: string, { where, ahead, count }: Parameters<Attacker["squat"]>[1]): string {
    const begun = epochOf(group);
    if (begun === undefined) return "is not in it";
    const { epoch, commits } = slotsOf(begun);
    const slots =
      where === "commits"
        ? commits.filter(isFree).slice(ahead, ahead + count)
        : freeSlots(epoch, where, { ahead, count });
    putAll(slots.map((slot) => ({ kind: "cell", label: slot.label, cell: garbage(slot) })));
    return `${slots.length} labels of epoch ${begun.epoch}`;
  }

  function freeSlots(epoch: Epoch, where: "own" | "others", p: { ahead: number; count: number }): Slot[] {
    return epoch.chains
      .filter(({ leaf }) => (leaf === epoch.ownLeaf) === (where === "own"))
      .flatMap(({ leaf }) =>
        Array.from({ length: p.count }, (_, i) =>
          chainSlot(crypto, chainOf(advanced(crypto, epoch, leaf, p.ahead + i), leaf), FEED),
        ),
      );
  }

  async function forge(group: string, what: Forgery, { whom, text }: { whom: string; text: string }): Promise<string> {
    const begun = epochOf(group, what === "late" ? 1 : 0);
    if (begun === undefined) return "is not in it";
    const { epoch, commits } = slotsOf(begun);
    if (what === "speak") return speak(epoch, text);
    const slot = commits.slice(0, COMMIT_ATTEMPTS).find(isFree);
    const commit = what === "garbage" ? crypto.random(900) : await forged(begun, what, whom);
    if (slot === undefined || commit === undefined) return "cannot";
    putAll(putsFromCommit(crypto, slot, FEED, commit));
    return `a commit at attempt ${commits.indexOf(slot)} of epoch ${begun.epoch}`;
  }

  /** A message at the member's next label, whether or not they may write. */
  async function speak(epoch: Epoch, text: string): Promise<string> {
    witness.noteSealed(groups, epoch.group, device.profile, text);
    const content = encodeContent(createContent(crypto, p.clock.now(), { kind: "text", text }));
    const { puts } = await sealMessage({ crypto, groups }, epoch, FEED, content);
    putAll(puts);
    return "a message";
  }

  /** A commit that this member may not make; undefined where it would be one they may, or none at all. */
  async function forged(begun: Begun, what: Forgery, whom: string): Promise<Uint8Array | undefined> {
    const rules = rulesOf(begun);
    const change = rules === undefined ? undefined : await changeOf(begun, what, whom, rules);
    if (change === undefined) return undefined;
    try {
      const yes = (): boolean => true;
      const made = await groups.commit(begun.state, { ...change, now: now(), check: yes, allows: yes });
      return made.ok ? made.value.commit : undefined;
    } catch {
      return undefined; // the state it would be made from is used up
    }
  }

  function rulesOf({ state }: Begun): Rules | undefined {
    const bytes = groups.rules(state);
    const rules = bytes === undefined ? undefined : parseRules(bytes);
    return rules?.ok === true ? rules.value : undefined;
  }

  async function changeOf(
    { state }: Begun,
    what: Forgery,
    whom: string,
    rules: Rules,
  ): Promise<{ add?: Uint8Array[]; remove?: number[]; rules?: Uint8Array } | undefined> {
    const self = device.profile;
    const leaves = groups.members(state).filter((member) => profileOf(member) === whom && whom !== self);
    switch (what) {
      case "remove":
        return leaves.length === 0 || mayRemove(rules, self, whom)
          ? undefined
          : { remove: leaves.map(({ leaf }) => leaf) };
      case "take over":
        if (roleOf(rules, self) === "owner") return undefined;
        return { rules: encodeRules({ ...rules, roles: new Map([...rules.roles, [self, "owner"]]) }) };
      case "rename":
      case "late":
        if (mayChange(rules, self, "name")) return undefined;
        return { rules: encodeRules({ ...rules, name: "Conquered" }) };
      case "add": {
        if (mayAdd(rules, self)) return undefined;
        const [row] = await device.rows("SELECT key_package FROM key_packages WHERE ours = 0 AND contact = ?", [whom]);
        const keyPackage = row?.["key_package"];
        return keyPackage instanceof Uint8Array ? { add: [keyPackage] } : undefined;
      }
      default:
        return undefined;
    }
  }

  return { squat, forge };
}
