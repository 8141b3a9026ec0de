/**
 * All a server may import: labels, cells, blocks, and the frames that carry them (docs/protocol.md
 * section 3).
 */
export { encodeAnswer, encodeFeedHead, parseAnswer } from "./answer.ts";
export type { Answer, Entries, Entry, Following, Form, Tags, Welcome } from "./answer.ts";
export {
  BLOCK_BYTES,
  CELL_BYTES,
  LABEL_BYTES,
  TAG_BYTES,
  feedOf,
  labelKey,
  parseBlock,
  parseCell,
  parseLabel,
  tagOf,
} from "./cell.ts";
export type { Block, Cell, Label } from "./cell.ts";
export { WIRE_CODES, type WireCode } from "./code.ts";
export {
  DEFAULT_PORT,
  ENTRY_BYTES,
  MAX_ANSWER_BYTES,
  MAX_ENTRIES,
  MAX_POSITION,
  MAX_REQUEST_BYTES,
  MAX_SOFTWARE_CHARS,
  STORE_ID_BYTES,
  WIRE_PATH,
  WIRE_SUBPROTOCOL,
  WIRE_VERSION,
} from "./limits.ts";
export { encodeRequest, frameId, parseRequest, type Request } from "./request.ts";
export { err, ok, type Result } from "./result.ts";
export { chooseVersion } from "./version.ts";
