import type { PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import { withProfile, type Profile } from "../home.ts";
import { extra, valueWrong } from "../line/errors.ts";
import { underWay } from "../pairing/invitations.ts";
import { lead } from "../pairing/lead.ts";
import type { Command } from "./command.ts";

interface Asked {
  /** The address that the link begins with. */
  base: string | undefined;
  invitationName: string | undefined;
}

/** Makes an invitation and leads it to its end. */
export const invite: Command<"invite", Asked> = {
  name: "invite",
  options: { name: { type: "string" }, base: { type: "string" } },
  read: (words, { options }) => {
    const base = options.get("base");
    if (base !== undefined && !isPage(base)) return valueWrong("--base", { what: "address" });
    return extra(words, 0) ?? { base, invitationName: options.get("name") };
  },
  run: make,
};

/** The address of a page, without any part that an invitation's link has of its own. */
function isPage(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url !== undefined && /^https?:$/u.test(url.protocol) && url.search + url.hash + url.username === "";
}

function make(context: Context, { base, invitationName: name }: Asked): Promise<ExitCode> {
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    const others = underWay(await api.read("pairings", {})).filter(({ role }) => role === "inviter");
    if (others.length > 0) context.note(context.style.dim(context.words.invitations.others(others.length)));
    const { pairing } = await api.createInvitation({
      ...(base !== undefined && { base }),
      ...(name !== undefined && { name }),
    });
    return lead(context, api, me, pairing);
  };
  return withProfile(context, work, { acts: true });
}
