import { settled, withProfile } from "../home.ts";
import { isUsageError, unknownCommand } from "../line/errors.ts";
import type { Command } from "./command.ts";
import type { GroupChange } from "./group/change.ts";
import { create } from "./group/create.ts";
import { list, show } from "./group/look.ts";
import { add, leave, remove, role } from "./group/members.ts";
import { describe, picture, rename } from "./group/profile.ts";
import { accept, asking, decline, questions } from "./group/questions.ts";
import { rules } from "./group/rules.ts";
import { cancel, deleteGroup, keys, refound } from "./group/upkeep.ts";
import { readAction, subcommandOf, type ActionOf } from "./subcommand.ts";

/** The subcommands that change one group. */
const CHANGES = [
  add,
  remove,
  leave,
  rename,
  describe,
  picture,
  role,
  rules,
  keys,
  refound,
  cancel,
  deleteGroup,
] as const;
const SUBCOMMANDS = [list, create, show, ...CHANGES, questions, accept, decline, asking] as const;

export type GroupChangeAction = ActionOf<(typeof CHANGES)[number]>;
export type GroupAction = ActionOf<(typeof SUBCOMMANDS)[number]>;

/** Shows groups, changes them, and answers those who ask this person to come into one. */
export const group: Command<"group", { action: GroupAction; wait: boolean }> = {
  name: "group",
  options: { "no-wait": { type: "boolean" } },
  subcommands: SUBCOMMANDS,
  read: (words, typed) => {
    const action = readAction(SUBCOMMANDS, words, typed);
    if (action === undefined) return unknownCommand(`group ${words[0] ?? ""}`);
    return isUsageError(action) ? action : { action, wait: !typed.flags.has("no-wait") };
  },
  run: (context, { action, wait }) => {
    const { run, acts } = subcommandOf(SUBCOMMANDS, action);
    return withProfile(
      context,
      async (api, me) => {
        await settled(context, api);
        return run({ context, api, me, wait }, action);
      },
      { acts },
    );
  },
};

/** The subcommand of a change. */
export const changeOf = (action: GroupChangeAction): GroupChange =>
  CHANGES.find(({ what }) => what === action.what) as GroupChange;
