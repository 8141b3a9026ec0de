import { bytesFromFields, Reader, u16, u32, u64, u8, type Field } from "./bytes.ts";
import { LABEL_BYTES, parseBlock, parseCell, parseLabel, type Block, type Cell, type Label } from "./cell.ts";
import { HEAD_BYTES, MAX_REQUEST_BYTES } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * What a client asks (section 3). `id` is a u32 of the client's choice, not 0, and comes back in
 * the answer.
 *
 * - `hello` comes first, once; its layout is the same in every version
 * - `follow` starts the feed at `from`, the position of the next entry wanted, or moves it there
 * - `unfollow` is not answered; entries already on their way may still arrive
 */
export type Request =
  | { readonly type: "hello"; readonly id: number; readonly minVersion: number; readonly maxVersion: number }
  | { readonly type: "put"; readonly id: number; readonly label: Label; readonly cell: Cell }
  | { readonly type: "putBlock"; readonly id: number; readonly label: Label; readonly block: Block }
  | { readonly type: "get"; readonly id: number; readonly label: Label }
  | { readonly type: "getBlock"; readonly id: number; readonly label: Label }
  | { readonly type: "follow"; readonly id: number; readonly feed: number; readonly from: number }
  | { readonly type: "unfollow"; readonly id: number; readonly feed: number };

const TYPE = { hello: 1, put: 2, putBlock: 3, get: 4, getBlock: 5, follow: 6, unfollow: 7 } as const;
const MAGIC = Uint8Array.of(0x50, 0x4c, 0x49);

/**
 * One binary frame. Throws RangeError on an id of 0 or a number that does not fit: our own mistake.
 */
export const encodeRequest = (request: Request): Uint8Array<ArrayBuffer> => {
  if (request.id === 0) throw new RangeError("a request id is not 0");
  return bytesFromFields([u8(TYPE[request.type]), u32(request.id), ...bodyFields(request)]);
};

/**
 * The request in a frame from a stranger. Labels, cells and blocks are views into the frame.
 * `wrong_size`: a put whose cell or block has another size; `bad_frame`: anything else that
 * `encodeRequest` cannot have made.
 */
export const parseRequest = (frame: Uint8Array): Result<Request, "bad_frame" | "wrong_size"> => {
  if (frame.length > MAX_REQUEST_BYTES && frame[0] !== TYPE.put && frame[0] !== TYPE.putBlock) return err("bad_frame");
  const reader = new Reader(frame);
  const type = reader.u8();
  const id = reader.u32();
  if (id === 0) return err("bad_frame");
  if (type === TYPE.put || type === TYPE.putBlock) return parsePut(type, id, reader);
  const request = parseBody(type, id, reader);
  return request !== undefined && reader.ended() ? ok(request) : err("bad_frame");
};

/**
 * The request id a frame carries, to answer even what cannot be parsed; 0 when it is too short to
 * hold one.
 */
export const frameId = (frame: Uint8Array): number => {
  if (frame.length < HEAD_BYTES) return 0;
  const reader = new Reader(frame.subarray(1, HEAD_BYTES));
  return reader.u32();
};

const bodyFields = (request: Request): Field[] => {
  switch (request.type) {
    case "hello":
      return [MAGIC, u8(request.minVersion), u8(request.maxVersion)];
    case "put":
      return [request.label, request.cell];
    case "putBlock":
      return [request.label, request.block];
    case "get":
    case "getBlock":
      return [request.label];
    case "follow":
      return [u16(request.feed), u64(request.from)];
    case "unfollow":
      return [u16(request.feed)];
  }
};

const parsePut = (type: number, id: number, reader: Reader): Result<Request, "bad_frame" | "wrong_size"> => {
  const label = parseLabel(reader.take(LABEL_BYTES));
  if (!label.ok) return err("bad_frame");
  const bytes = reader.take(reader.left());
  if (type === TYPE.put) {
    const cell = parseCell(bytes);
    return cell.ok ? ok({ type: "put", id, label: label.value, cell: cell.value }) : cell;
  }
  const block = parseBlock(bytes);
  return block.ok ? ok({ type: "putBlock", id, label: label.value, block: block.value }) : block;
};

const parseBody = (type: number, id: number, reader: Reader): Request | undefined => {
  switch (type) {
    case TYPE.hello:
      return parseHello(id, reader);
    case TYPE.get:
      return { type: "get", id, label: reader.take(LABEL_BYTES) as Label };
    case TYPE.getBlock:
      return { type: "getBlock", id, label: reader.take(LABEL_BYTES) as Label };
    case TYPE.follow:
      return { type: "follow", id, feed: reader.u16(), from: reader.u64() };
    case TYPE.unfollow:
      return { type: "unfollow", id, feed: reader.u16() };
    default:
      return undefined;
  }
};

const parseHello = (id: number, reader: Reader): Request | undefined => {
  const magic = reader.take(MAGIC.length);
  const minVersion = reader.u8();
  const maxVersion = reader.u8();
  const wellFormed = MAGIC.every((byte, i) => magic[i] === byte) && minVersion > 0 && minVersion <= maxVersion;
  return wellFormed ? { type: "hello", id, minVersion, maxVersion } : undefined;
};
