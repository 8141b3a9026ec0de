/** Commands about a contact or a group. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../exit.ts";
import { found, withProfile, type Deps } from "../home.ts";
import { extra, missing } from "../line/errors.ts";
import { findPlace, type Place } from "../place.ts";
import type { HelpName } from "../words/help-en.ts";
import type { Command } from "./command.ts";

export interface AskedPlace {
  /** The contact or the group, as it was typed. */
  place: string;
}

type Work = (deps: Deps, place: Place) => Promise<ExitCode>;

/** A command that takes nothing but a contact or a group. */
export function aboutPlace<Name extends HelpName>(name: Name, work: Work): Command<Name, AskedPlace> {
  return {
    name,
    read: ([place, ...rest]) => (place === undefined ? missing("CONTACT") : (extra(rest, 0) ?? { place })),
    run: (context, { place }) => inPlace(context, place, work),
  };
}

/** Does the work in the conversation with this contact or group, as it was typed. */
export function inPlace(context: Context, query: string, work: Work): Promise<ExitCode> {
  return withProfile(
    context,
    async (api, me) => work({ context, api, me }, await found(api, () => findPlace(context, api, query))),
    { acts: true },
  );
}
