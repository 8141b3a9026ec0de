import { BLOCK_BYTES, CELL_BYTES, LABEL_BYTES, TAG_BYTES } from "./cell.ts";

/** The one version of the wire format this code speaks. */
export const WIRE_VERSION = 1;
/** Where a store listens unless told otherwise. */
export const DEFAULT_PORT = 7540;
/** Path of the WebSocket on a store's origin, and the subprotocol asked for. */
export const WIRE_PATH = "/v1";
export const WIRE_SUBPROTOCOL = "pli.v1";

export const STORE_ID_BYTES = 16;
/** Bytes of one entry of a feed in either form. */
export const ENTRY_BYTES = { full: LABEL_BYTES + CELL_BYTES, tags: TAG_BYTES } as const;
/** Most entries one frame of either form may carry. */
export const MAX_ENTRIES = { full: 64, tags: 4096 } as const;
/** Longest name of the software in a `welcome`, in printable ASCII characters. */
export const MAX_SOFTWARE_CHARS = 64;
/** Positions are whole numbers below 2^53, so that they are exact in every client. */
export const MAX_POSITION = Number.MAX_SAFE_INTEGER;

/** Type and request id, at the head of every frame. */
export const HEAD_BYTES = 5;
/** The largest frame a client may send: one block under its label. */
export const MAX_REQUEST_BYTES = HEAD_BYTES + LABEL_BYTES + BLOCK_BYTES;
/** The largest frame a store may send: 64 entries of a feed. */
export const MAX_ANSWER_BYTES = HEAD_BYTES + 12 + MAX_ENTRIES.full * ENTRY_BYTES.full;
