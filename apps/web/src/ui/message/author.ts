import type { MessageView } from "@pli/engine/api";
import type { Wording } from "../wording.ts";

/**
 * The author's name as the reader knows it. `conversation` names the peer where no author is given.
 */
export const authorOf = ({ from, fromName }: MessageView, conversation: string, { nameOf }: Wording): string =>
  fromName === "" ? conversation : nameOf({ id: from, name: fromName });
