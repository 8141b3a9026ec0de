import { bytesUpTo, encodeCbor, exactly, parseMap } from "../../object/index.ts";
import { DISPOSITION } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/**
 * From client to client: a lower-case name of at most 32 characters and a body of at most 32 KiB
 * that it defines.
 */
export interface ControlBody {
  readonly kind: "control";
  readonly name: string;
  readonly body: Uint8Array;
}

export const MAX_CONTROL_BYTES = 32_768;
/** What goes around the body. */
const HEAD_BYTES = 128;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const isName = (value: unknown): value is string => typeof value === "string" && NAME.test(value);
const SHAPE = { v: exactly(1), name: isName, body: bytesUpTo(MAX_CONTROL_BYTES) };

export const control: Kind<ControlBody> = {
  contentType: "application/vnd.pli.control",
  disposition: DISPOSITION.unspecified,
  inReplyTo: "never",
  replaces: "never",
  mayDisappear: false,
  encode: ({ name, body }) => {
    if (!isName(name) || body.length > MAX_CONTROL_BYTES) throw new RangeError("not a control");
    return encodeCbor({ v: 1, name, body });
  },
  parse: (content) => {
    const fields = parseMap(content, MAX_CONTROL_BYTES + HEAD_BYTES, SHAPE);
    return fields && { kind: "control", name: fields.name, body: fields.body };
  },
};
