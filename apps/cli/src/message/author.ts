import type { MessageView } from "@pli/engine/api";
import type { Reader } from "../naming.ts";
import type { Place } from "../place.ts";

type Where = Pick<Place, "kind" | "name">;

/** The name of a message's author where it stands. */
export const authorIn = (place: Where, { fromName }: MessageView): string =>
  place.kind === "direct" ? place.name : fromName;

/** The author as a reader calls them. */
export const authorFor = (reader: Reader, place: Where, message: MessageView): string =>
  reader.nameOf({ id: message.from, name: authorIn(place, message) });
