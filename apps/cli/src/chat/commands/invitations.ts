import { findInvitation, nextUnderWay, putAwayEnded, underWay } from "../../pairing/invitations.ts";
import type { ChatCommand } from "./command.ts";

export const invite: ChatCommand = {
  word: "/invite",
  run: ({ api, pairing }, name) => pairing.begin(() => api.createInvitation(name === "" ? {} : { name })),
};

export const accept: ChatCommand = {
  word: "/accept",
  run: async ({ api, ui, context, pairing }, link) => {
    if (link === "") return ui.update({ notice: context.words.chat.needLink });
    await pairing.begin(() => api.acceptInvitation({ link }));
  },
};

export const resume: ChatCommand = {
  word: "/resume",
  run: ({ ui, context, pairing }, query) => {
    const { pairings } = ui.state;
    const one = query === "" ? nextUnderWay(pairings) : findInvitation(context, underWay(pairings), query);
    if (one === undefined) return ui.update({ notice: context.words.chat.noInvitation });
    pairing.resume(one.id);
  },
};

export const clear: ChatCommand = {
  word: "/clear",
  run: async ({ api, ui, context }) => {
    const over = await putAwayEnded(api, ui.state.pairings);
    const { cleared, nothingEnded } = context.words.invitations.chat;
    ui.update({ notice: over.length === 0 ? nothingEnded : cleared });
  },
};
