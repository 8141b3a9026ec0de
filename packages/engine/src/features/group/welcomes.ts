/** Opening a welcome into a group with a key package that was made for whom it is of. */
import type { GroupState } from "@pli/protocol/conversation";
import { parseRules, rosterProblem, type Rules } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contacts } from "../../people/contacts.ts";
import { deleteKeyPackage, listOurs } from "./key-packages.table.ts";
import type { Fetched } from "./welcome-objects.ts";

/** A group as a welcome leads into it. */
export interface OpenedWelcome {
  readonly state: GroupState;
  readonly rules: Rules;
  /**
   * The secret of the key package is erased. The contact gets another within an hour: at once would
   * tell who joined.
   */
  spend(tx: Tx): Promise<void>;
}

/**
 * Opens what the invitation of `by` led to. Undefined: it is not all there, was made for no key
 * package of ours, or the group breaks its own rules.
 */
export async function openWelcome(
  { clock, groups }: Pick<Context, "clock" | "groups">,
  contacts: Contacts,
  tx: Tx,
  by: string,
  { welcome, tree, roster }: Fetched,
): Promise<OpenedWelcome | undefined> {
  if (welcome === undefined || tree === undefined || roster === undefined) return undefined;
  const now = Math.floor(clock.now() / 1000);
  // At any time: one member whose certificate has run out must not keep everybody else from
  // joining.
  const check = contacts.leafCheckOfAnyone();
  for (const { id, keyPackage, secret } of await listOurs(tx, by)) {
    const joined = await groups.join(welcome, { keyPackage, secret, tree, now, check });
    if (!joined.ok && joined.error === "not_for_us") continue;
    if (!joined.ok) return undefined;
    const state = joined.value;
    const rules = parseRules(groups.rules(state) ?? new Uint8Array(0));
    if (!rules.ok || rosterProblem(rules.value, groups.members(state)) !== undefined) return undefined;
    return { state, rules: rules.value, spend: (later) => deleteKeyPackage(later, id) };
  }
  return undefined;
}
