import type { Clock } from "@pli/engine/ports";
import { createContent, encodeContent, type Body } from "@pli/protocol/content";
import { COMMIT_ATTEMPTS, putsFromCommit, sealMessage, type Epoch } from "@pli/protocol/conversation";
import { encodeRules, mayAdd, mayChange, mayRemove, profileOf, roleOf, type Rules } from "@pli/protocol/group";
import type { Put } from "@pli/protocol/object";
import { FEED, type Ground } from "./ground.ts";
import type { Forgery } from "./steps.ts";
import type { Begun } from "./witness.ts";

/** What the rules do not allow a member, made with their keys. Says what was done. */
export type Forge = (group: string, what: Forgery, p: { whom: string; text: string }) => Promise<string>;

export function createForge(ground: Ground, clock: Clock): Forge {
  const { crypto, groups, device, witness, epochOf, slotsOf, rulesOf, isFree, putAll } = ground;
  const now = (): number => Math.floor(clock.now() / 1000);

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
    putAll(await utter(ground, epoch, clock.now(), { kind: "text", text }));
    return "a message";
  }

  /**
   * A commit that this member may not make; undefined where it would be one they may, or none at
   * all.
   */
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

  return forge;
}

/** Something said at a member's next free label, past their engine. */
export async function utter({ crypto, groups }: Ground, epoch: Epoch, sentAt: number, body: Body): Promise<Put[]> {
  const content = encodeContent(createContent(crypto, sentAt, body));
  return (await sealMessage({ crypto, groups }, epoch, FEED, content)).puts;
}
