import type { PliApi } from "@pli/engine/api";
import { shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import { codeOf, Failure } from "../failure.ts";
import { withProfile, type Profile } from "../home.ts";
import { isOver } from "../pairing/invitations.ts";
import { lead } from "../pairing/lead.ts";
import type { Command } from "./command.ts";

interface Asked {
  link: string | undefined;
}

/** Accepts an invitation and leads it to its end. */
export const accept: Command<"accept", Asked> = {
  name: "accept",
  // A shell makes several words of a link with spaces in it.
  read: (words) => ({ link: words.length === 0 ? undefined : words.join(" ") }),
  run: open,
};

function open(context: Context, asked: Asked): Promise<ExitCode> {
  const { globals, words, world } = context;
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    const link = asked.link ?? (await world.stdin.line(globals.json ? "" : words.ask.link));
    if (link === undefined) throw new Failure("invitation_malformed");
    const { pairing, own } = await acceptWhole(context, api, link);
    if (own === true) throw new Failure("pairing_with_self", { advice: await ownAdvice(context, api, pairing) });
    return lead(context, api, me, pairing);
  };
  return withProfile(context, work, { acts: true });
}

/** Accepts a link. A link that was pasted in two lines comes as two: asks for the rest. */
async function acceptWhole(context: Context, api: PliApi, link: string): ReturnType<PliApi["acceptInvitation"]> {
  try {
    return await api.acceptInvitation({ link });
  } catch (thrown) {
    const { globals, words, world } = context;
    if (codeOf(thrown) !== "invitation_cut_short" || globals.json || !world.stdin.isTerminal) throw thrown;
    const rest = (await world.stdin.line(words.invitations.restOfLink))?.trim() ?? "";
    if (rest === "") throw thrown;
    return acceptWhole(context, api, link + rest);
  }
}

/** What a person can do with an invitation of their own that is under way. */
async function ownAdvice({ words }: Context, api: PliApi, id: string): Promise<string> {
  const view = await api.read("pairing", { id });
  const isWaiting = view !== undefined && !isOver(view) && view.step !== "paired";
  return isWaiting ? words.invitations.own(shortId(id)) : words.advice.makeAnother;
}
