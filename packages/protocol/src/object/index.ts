/**
 * Sealed cells, the labels they go under, and objects: bytes of any length as chunks
 * (docs/protocol.md, section 4).
 */
export { MAX_CELL_BODY, labelFrom, openCell, sealCell, type CellKind, type OpenedCell } from "./cell.ts";
export {
  allShaped,
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isBoolean,
  isBytes,
  isUint,
  listOf,
  oneOf,
  orNull,
  parseMap,
  shapedFrom,
  textUpTo,
  type CborValue,
  type Guard,
  type Shape,
  type Shaped,
} from "./cbor.ts";
export { MAX_CELLS_OBJECT_BYTES, MAX_OBJECT_BYTES, objectReader, sealObject } from "./object.ts";
export type { ChunkKind, ChunkName, ObjectError, ObjectProgress, ObjectReader, Put } from "./object.ts";
export { LATEST_MS } from "./times.ts";
export { padObject, unpadObject, type LeastSize } from "./padding.ts";
