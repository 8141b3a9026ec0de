import type { Pointer } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { Tx } from "../../runtime/context.ts";
import { textIn } from "../../runtime/storage/row.ts";

export type Invitation = GroupControl & { readonly name: "group-invitation" };

/** Where an object of an invitation stands; the seed in hexadecimal. */
export type KeptPlace = { readonly seed: string; readonly length: number };

/** An invitation as it is kept until the group is joined. */
export interface Kept {
  readonly shared: string;
  readonly store: string;
  readonly feed: number;
  readonly places: { readonly [K in "welcome" | "tree" | "roster"]: KeptPlace };
}

/** `store`: where the store is now that the invitation names. */
export function keptFrom({ conversation, feed, welcome, tree, roster }: Invitation, store: string): Kept {
  const place = ({ seed, length }: Pointer): KeptPlace => ({ seed: toHex(seed), length });
  const places = { welcome: place(welcome), tree: place(tree), roster: place(roster) };
  return { shared: toHex(conversation), store, feed, places };
}

/** Invitations that were kept name the new address of a store that moved. */
export async function moveInvitations(tx: Tx, from: string, to: string): Promise<void> {
  for (const row of await tx.sql.all("SELECT conversation, contact, body FROM invitations")) {
    const body = JSON.parse(textIn(row, "body")) as Kept;
    if (body.store !== from) continue;
    await tx.sql.run("UPDATE invitations SET body = ? WHERE conversation = ? AND contact = ?", [
      JSON.stringify({ ...body, store: to }),
      textIn(row, "conversation"),
      textIn(row, "contact"),
    ]);
  }
}
