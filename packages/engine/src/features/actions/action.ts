import type { Body } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView, TextVersion } from "../../api/views.ts";
import type { Context } from "../../runtime/context.ts";
import type { Action } from "./actions.table.ts";

export type ActionBody = Body & { kind: "edit" | "deletion" | "reaction" | "withdrawal" };

export const isAction = (body: Body): body is ActionBody =>
  body.kind === "edit" || body.kind === "deletion" || body.kind === "reaction" || body.kind === "withdrawal";

/**
 * By its bytes, with the random ones in it: the same in whatever conversation, so it stays when a
 * conversation of two has another id.
 */
export const actionIdOf = ({ crypto }: Pick<Context, "crypto">, content: Uint8Array): string =>
  toHex(crypto.sha256(content).slice(0, 16));

/** What a text has said, with the times that are shown. */
export const versionsOf = ({ sentAt: first }: MessageView, versions: readonly Action[]): TextVersion[] =>
  versions.map(({ value, sentAt, cameAt }) => ({ text: value, at: sentAt < 0 ? first : Math.min(sentAt, cameAt) }));

/** What somebody did, as it is kept. */
export function actionFrom(
  kit: Pick<Context, "crypto">,
  said: Pick<Action, "conversation" | "author" | "mine" | "leads" | "sentAt" | "cameAt"> & {
    readonly content: Uint8Array;
  },
  body: ActionBody,
): Action {
  return { ...said, ...whatOf(body), id: actionIdOf(kit, said.content) };
}

function whatOf(body: ActionBody): Pick<Action, "target" | "kind" | "value"> {
  switch (body.kind) {
    case "edit":
      return { target: toHex(body.replaces), kind: "edit", value: body.text };
    case "deletion":
      return { target: toHex(body.replaces), kind: "deletion", value: "" };
    case "reaction":
      return { target: toHex(body.inReplyTo), kind: "reaction", value: body.emoji };
    case "withdrawal":
      return { target: toHex(body.inReplyTo), kind: "reaction", value: "" };
  }
}
