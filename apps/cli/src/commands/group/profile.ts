/** What a group is called and looks like. */
import { Failure } from "../../failure.ts";
import type { Context } from "../../context.ts";
import { extra } from "../../line/errors.ts";
import { atLeastOne, groupChange, ofGroup } from "./change.ts";

export const rename = groupChange<{ what: "rename"; group: string; to: string }>({
  what: "rename",
  kind: "rules",
  read: ofGroup((group, words) => atLeastOne(words, "NAME") ?? { what: "rename", group, to: words.join(" ") }),
  ask: async ({ api, group: { id: conversation } }, { to: name }) => ({
    conversation,
    ...(await api.changeGroup({ conversation, name })),
  }),
});

export const describe = groupChange<{ what: "describe"; group: string; text: string }>({
  what: "describe",
  kind: "rules",
  read: ofGroup((group, words) => atLeastOne(words, "TEXT") ?? { what: "describe", group, text: words.join(" ") }),
  ask: async ({ api, group: { id: conversation } }, { text: description }) => ({
    conversation,
    ...(await api.changeGroup({ conversation, description })),
  }),
});

export const picture = groupChange<{ what: "picture"; group: string; file: string | undefined }>({
  what: "picture",
  kind: "rules",
  read: ofGroup(
    (group, words) =>
      atLeastOne(words, "FILE") ??
      extra(words, 1) ?? { what: "picture", group, file: words[0] === "none" ? undefined : words[0] },
  ),
  ask: async ({ context, api, group: { id: conversation } }, { file }) => {
    const picture = file === undefined ? "" : await readPicture(context, file);
    return { conversation, ...(await api.changeGroup({ conversation, picture })) };
  },
});

/** In base64. */
async function readPicture({ world, words }: Context, file: string): Promise<string> {
  try {
    return await world.readBase64(file);
  } catch (cause) {
    throw new Failure("picture_malformed", { advice: words.group.readPicture(file), cause });
  }
}
