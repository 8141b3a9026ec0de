import type { PliApi } from "@pli/engine/api";
import type { Context } from "../../context.ts";
import type { Asked } from "../../group/asked.ts";
import { findContactIds } from "../../group/find.ts";
import { follow, notesWaiting } from "../../group/follow.ts";
import { groupEvent } from "../../group/show.ts";
import { found } from "../../home.ts";
import { missing } from "../../line/errors.ts";
import type { Subcommand } from "../subcommand.ts";

interface Create {
  what: "create";
  name: string;
  contacts: readonly string[];
  description: string | undefined;
}

export const create: Subcommand<Create> = {
  what: "create",
  acts: true,
  options: { description: { type: "string" } },
  read: ([name, ...contacts], { options }) =>
    name === undefined ? missing("NAME") : { what: "create", name, contacts, description: options.get("description") },
  run: async (deps, action) => {
    const { context, api } = deps;
    const notes = await notesWaiting(api);
    const asked = await found(api, () => createGroup(context, api, action));
    const made = await api.read("group", { id: asked.conversation });
    if (made !== undefined) context.emit(groupEvent(made));
    return follow(deps, { asked, kind: "add", name: action.name, before: -1, notes });
  },
};

export async function createGroup(
  context: Context,
  api: PliApi,
  { name, contacts: queries, description }: Omit<Create, "what">,
): Promise<Asked> {
  const contacts = await findContactIds(context, api, queries);
  return api.createGroup({ name, contacts, ...(description !== undefined && { description }) });
}
