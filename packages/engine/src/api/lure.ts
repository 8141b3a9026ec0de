import { lureIn, type Lure } from "@pli/protocol/content";
import type { MessageView } from "./views.ts";

/** Whether a text of somebody else looks like one of a thief. */
export const lureOf = ({ mine, body }: Pick<MessageView, "mine" | "body">): Lure | undefined =>
  mine || body.kind !== "text" ? undefined : lureIn(body.text);
