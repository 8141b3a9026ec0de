import { profileOf, roleOf, parseEvidence, type Rules } from "@pli/protocol/group";
import type { CommitChange, Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { GroupChange, MessageView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { eraseMessage } from "../messages/erasing.ts";
import { textOf } from "../messages/lines.ts";
import type { Messages } from "../messages/messages.ts";
import type { Profiles } from "../../people/profile.ts";
import { listNewestLines } from "../messages/messages.table.ts";
import { leavesByProfile } from "./plan.ts";
import { named } from "./people.table.ts";

/** A group at one epoch, as its history compares them. */
export interface Snapshot {
  readonly rules: Rules;
  readonly members: readonly Member[];
}

/** The lines of a group's history: who did what, as it became true for everyone. */
export interface History {
  /** `by`: a profile; empty when nobody can be named. */
  note(tx: Tx, conversation: string, by: string, change: GroupChange): Promise<void>;
  /** What one commit changed. `left`: whose own signed word it brought. */
  noteChanges(
    tx: Tx,
    p: { conversation: string; by: string; before: Snapshot; after: Snapshot; left: ReadonlySet<string> },
  ): Promise<void>;
}

/** Things that the rules of a group say, each with a line of its own when it changes. */
const RULES_LINES = 7;

/** `onMessage` hears every line that somebody else brought about, or nobody in particular. */
export function createHistory(
  context: Context,
  deps: { messages: Messages; profiles: Profiles; onMessage(message: MessageView): void },
): History {
  const { crypto, clock } = context;

  async function note(tx: Tx, conversation: string, by: string, change: GroupChange): Promise<void> {
    const self = await deps.profiles.get(tx);
    const line = await deps.messages.insert(tx, {
      id: toHex(crypto.random(16)),
      conversation,
      sender: by,
      mine: by === self.id,
      kind: "change",
      text: textOf({ kind: "change", change }),
      sentAt: clock.now(),
      state: "received",
    });
    if (line !== undefined && !line.mine) tx.after(() => deps.onMessage(line));
  }

  async function noteChanges(tx: Tx, at: Parameters<History["noteChanges"]>[1]): Promise<void> {
    const { conversation, by, before, after } = at;
    const [old, now] = [leavesByProfile(before.members), leavesByProfile(after.members)];
    const added = [...now.keys()].filter((profile) => !old.has(profile));
    const gone = [...old.keys()].filter((profile) => !now.has(profile));
    const left = gone.filter((profile) => at.left.has(profile));
    const removed = gone.filter((profile) => !at.left.has(profile));
    if (added.length > 0) await note(tx, conversation, by, { what: "added", who: await named(tx, added) });
    if (removed.length > 0) await note(tx, conversation, by, { what: "removed", who: await named(tx, removed) });
    for (const profile of left) {
      await note(tx, conversation, profile, { what: "left", who: await named(tx, [profile]) });
    }
    for (const profile of now.keys()) await noteRole(tx, at, profile);
    for (const line of rulesLines(before.rules, after.rules)) {
      await forgetRun(tx, conversation, by, line);
      await note(tx, conversation, by, line);
    }
  }

  /**
   * Who changes the same thing again and again, with nothing said in between, leaves one line of
   * it: the last.
   */
  async function forgetRun(tx: Tx, conversation: string, by: string, { what }: GroupChange): Promise<void> {
    for (const { id, order, sender, body } of await listNewestLines(tx, conversation, RULES_LINES)) {
      if (body.kind !== "change" || sender !== by) return;
      if (body.change.what === what) return eraseMessage(context, tx, { id, order, conversation });
    }
  }

  async function noteRole(
    tx: Tx,
    { conversation, by, before, after }: Parameters<History["noteChanges"]>[1],
    profile: string,
  ): Promise<void> {
    const role = roleOf(after.rules, profile);
    if (roleOf(before.rules, profile) === role) return;
    const [who] = await named(tx, [profile]);
    if (who !== undefined) await note(tx, conversation, by, { what: "role", who, role });
  }

  return { note, noteChanges };
}

/** Those whose own signed word a commit brought. */
export function leftByThemselves(before: Snapshot, { evidence: bytes }: CommitChange): Set<string> {
  const evidence = parseEvidence(bytes);
  const leaves = new Set(evidence.ok ? evidence.value.map(({ leaf }) => leaf) : []);
  return new Set(before.members.filter(({ leaf }) => leaves.has(leaf)).map((member) => profileOf(member) ?? ""));
}

function rulesLines(before: Rules, after: Rules): GroupChange[] {
  const lines: (GroupChange | false)[] = [
    before.name !== after.name && { what: "named", name: after.name },
    before.description !== after.description && { what: "described" },
    pictureOf(before) !== pictureOf(after) && { what: "pictured" },
    before.whoAdds !== after.whoAdds && { what: "whoAdds", value: after.whoAdds },
    before.whoWrites !== after.whoWrites && { what: "whoWrites", value: after.whoWrites },
    before.timer !== after.timer && { what: "timer", seconds: after.timer },
    before.newcomersRead !== after.newcomersRead && { what: "newcomersRead", value: after.newcomersRead },
  ];
  return lines.filter((line) => line !== false);
}

const pictureOf = ({ picture }: Rules): string => (picture === undefined ? "" : toHex(picture.hash));
