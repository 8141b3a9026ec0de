import type { Pointer } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";

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
