import type { MessageView } from "@pli/engine/api";
import { lureIn, type Lure } from "@pli/engine/content";

/** Whether a text of somebody else looks like one of a thief. */
export const lureOf = ({ mine, body }: MessageView): Lure | undefined =>
  mine || body.kind !== "text" ? undefined : lureIn(body.text);
