import type { ContactView, PliApi } from "@pli/engine/api";
import { contactFields, findContact } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { found, withProfile, type Profile } from "../home.ts";
import { readerOf } from "../naming.ts";

/** What can be done about one contact, named as they were typed. */
export type ContactAction =
  | { what: "block"; contact: string; erase: boolean }
  | { what: "unblock"; contact: string }
  /** Empty: their own name again. */
  | { what: "name"; contact: string; to: string };

/**
 * `pli block`, `pli unblock`, `pli name`: changes what a contact is to this person, and says what
 * they are now.
 */
export function contact(context: Context, { action }: { action: ContactAction }): Promise<ExitCode> {
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    const { id } = await found(api, async () => findContact(context, await api.read("contacts", {}), action.contact));
    await change(api, id, action);
    const now = await api.read("contact", { id });
    if (now === undefined) throw new Failure("contact_unknown");
    context.emit({ event: "contact", ...contactFields(now), conversation: now.conversation, blocked: now.blocked });
    context.say(await sentence(context, api, me, { action, now }));
    return EXIT.done;
  };
  return withProfile(context, work, { acts: true });
}

function change(api: PliApi, contact: string, action: ContactAction): Promise<void> {
  if (action.what === "name") return api.nameContact({ contact, name: action.to });
  if (action.what === "unblock") return api.block({ contact, blocked: false });
  return api.block({ contact, blocked: true, erase: action.erase });
}

async function sentence(
  { words }: Context,
  api: PliApi,
  me: Profile,
  { action, now }: { action: ContactAction; now: ContactView },
): Promise<string> {
  const name = (await readerOf(api, me)).nameOf(now);
  const { blocked, erased, unblocked, named } = words.contacts;
  if (action.what === "name") return named(name);
  if (action.what === "unblock") return unblocked(name);
  return action.erase ? `${blocked(name)} ${erased}` : blocked(name);
}
