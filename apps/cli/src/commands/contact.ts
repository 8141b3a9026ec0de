import type { ContactView, PliApi } from "@pli/engine/api";
import { contactFields, findContact } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { found, withProfile, type Profile } from "../home.ts";
import { extra, missing, type UsageError } from "../line/errors.ts";
import { readerOf } from "../naming.ts";
import type { Command } from "./command.ts";

interface Contact {
  /** As it was typed. */
  contact: string;
}

/** Hides what a contact writes from now on. */
export const block: Command<"block", Contact & { erase: boolean }> = {
  name: "block",
  options: { erase: { type: "boolean" } },
  read: (words, { flags }) => only(words) ?? { contact: words[0] ?? "", erase: flags.has("erase") },
  run: (context, { contact, erase }) =>
    change(context, contact, {
      make: (api, id) => api.block({ contact: id, blocked: true, erase }),
      said: ({ blocked, erased }, name) => (erase ? `${blocked(name)} ${erased}` : blocked(name)),
    }),
};

/** Shows what a contact writes again. */
export const unblock: Command<"unblock", Contact> = {
  name: "unblock",
  read: (words) => only(words) ?? { contact: words[0] ?? "" },
  run: (context, { contact }) =>
    change(context, contact, {
      make: (api, id) => api.block({ contact: id, blocked: false }),
      said: ({ unblocked }, name) => unblocked(name),
    }),
};

/** Gives a contact a name of this person's own; with `--clear`, an empty one: their own again. */
export const name: Command<"name", Contact & { to: string }> = {
  name: "name",
  options: { clear: { type: "boolean" } },
  read: ([contact, ...to], { flags }) => {
    const isCleared = flags.has("clear");
    if (contact === undefined) return missing("CONTACT");
    if (!isCleared && to.length === 0) return missing("NAME");
    return (isCleared ? extra(to, 0) : undefined) ?? { contact, to: to.join(" ") };
  },
  run: (context, { contact, to }) =>
    change(context, contact, {
      make: (api, id) => api.nameContact({ contact: id, name: to }),
      said: ({ named }, shown) => named(shown),
    }),
};

const only = ([contact, ...rest]: readonly string[]): UsageError | undefined =>
  contact === undefined ? missing("CONTACT") : extra(rest, 0);

interface Change {
  make(api: PliApi, contact: string): Promise<void>;
  /** What is said once it is made. */
  said(words: Context["words"]["contacts"], name: string): string;
}

/** Changes one contact, and prints the contact as it is then. */
function change(context: Context, query: string, { make, said }: Change): Promise<ExitCode> {
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    const { id } = await found(api, async () => findContact(context, await api.read("contacts", {}), query));
    await make(api, id);
    const now = await api.read("contact", { id });
    if (now === undefined) throw new Failure("contact_unknown");
    context.emit(contactEvent(now));
    context.say(said(context.words.contacts, (await readerOf(api, me)).nameOf(now)));
    return EXIT.done;
  };
  return withProfile(context, work, { acts: true });
}

const contactEvent = (contact: ContactView) => ({
  event: "contact",
  ...contactFields(contact),
  conversation: contact.conversation,
  blocked: contact.blocked,
});
