/**
 * Whether this person wants to be asked before they are put into groups, as the contacts hear it.
 */
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { isSet } from "../settings/settings.ts";
import type { Talk } from "./talk.ts";

/** Whether the contacts were told that this person wants to be asked. */
const TOLD = "told-asks";

export const isAsked = (tx: Tx): Promise<boolean> => isSet(tx, "askBeforeGroups");

export interface Asking {
  /**
   * The contacts hear whether this person wants to be asked, if that is not what they were told.
   */
  announce(tx: Tx): Promise<void>;
  /** The same for a contact who is new. */
  introduce(tx: Tx, contact: Contact): Promise<void>;
}

export function createAsking({ contacts, talk }: { contacts: Contacts; talk: Talk }): Asking {
  async function announce(tx: Tx): Promise<void> {
    const wanted = await isAsked(tx);
    if (((await findMeta<boolean>(tx, TOLD)) ?? false) === wanted) return;
    await saveMeta(tx, TOLD, wanted);
    // To who is blocked it leaves when they are not.
    for (const contact of await contacts.all(tx)) await tell(tx, contact, wanted);
  }

  const tell = (tx: Tx, { conversation }: Contact, wanted: boolean): Promise<void> =>
    talk.send(tx, conversation, { name: "group-asks", asks: wanted ? 1 : 0 });

  /** Without a word of theirs, a person is added and not asked. */
  async function introduce(tx: Tx, contact: Contact): Promise<void> {
    if (!(await isAsked(tx))) return;
    if ((await findMeta<boolean>(tx, TOLD)) === true) await tell(tx, contact, true);
    else await announce(tx);
  }

  return { announce, introduce };
}
