import type { PairingView, PliApi } from "@pli/engine/api";
import { contactArgument, contactFields } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import type { Profile } from "../home.ts";
import { createReader } from "../naming.ts";
import { humanFace, jsonFace } from "./faces.ts";
import { runPairing } from "./run.ts";

/** Leads a pairing from its present step to its end. */
export async function lead(context: Context, api: PliApi, profile: Profile, pairing: string): Promise<ExitCode> {
  const face = context.globals.json ? jsonFace(context) : humanFace(context);
  const paired = await runPairing(api, pairing, face, context.world.onInterrupt).catch(async (thrown: unknown) => {
    await notifyOther(api);
    throw thrown;
  });
  const contact = await contactOf(api, paired);
  context.emit({ event: "paired", contact: contactFields(contact) });
  const contacts = await api.read("contacts", {});
  context.say(
    `\n${context.style.bold(context.words.pairing.paired(createReader({ profile, contacts }).nameOf(contact)))}`,
  );
  context.say(context.words.pairing.next(contactArgument(contact, contacts)));
  return EXIT.done;
}

/** How long a failed command waits until the store has what the other side needs to know. */
const NOTIFY_MS = 3_000;

/** Notifies the other side that a pairing is over, because no later command may run. */
const notifyOther = async (api: PliApi): Promise<void> =>
  void (await api.drain({ ms: NOTIFY_MS }).catch(() => undefined));

async function contactOf(api: PliApi, paired: PairingView) {
  const contact = paired.contact === undefined ? undefined : await api.read("contact", { id: paired.contact });
  if (contact === undefined) throw new Failure("internal");
  return contact;
}
