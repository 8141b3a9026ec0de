import type { RatchetTree } from "ts-mls";
import { decodeOptional, optionalEncoder } from "ts-mls/codec/optional.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeVarLenData, lengthEncoder } from "ts-mls/codec/variableLength.js";
import { decodeNode, extendRatchetTree, nodeEncoder, stripBlankNodes } from "ts-mls/ratchetTree.js";
import { concat } from "../../crypto/bytes.ts";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import { MAX_MEMBERS, MAX_TREE_BYTES } from "../group.ts";
import type { GroupError } from "../group.ts";
import { decoded, encodesTo } from "./codec.ts";

const MAX_NODES = 2 * 2 ** Math.ceil(Math.log2(MAX_MEMBERS)) - 1;

const encodeSlot = encode(optionalEncoder(nodeEncoder));
const decodeSlot = decodeOptional(decodeNode);
const encodeLength = encode(lengthEncoder);

/**
 * The ratchet_tree of RFC 9420, section 12.4.3.3. Node by node: the library's encoder goes two
 * calls deeper with each.
 */
export function encodeTree(tree: RatchetTree): Uint8Array {
  const nodes = stripBlankNodes(tree).map((node) => encodeSlot(node));
  const length = nodes.reduce((total, node) => total + node.length, 0);
  return concat(encodeLength(length), ...nodes);
}

/** A public tree as `exportTree` gives it. */
export function parseTree(bytes: Uint8Array): Result<RatchetTree, GroupError> {
  if (bytes.length > MAX_TREE_BYTES) return err("too_large");
  const body = decoded(decodeVarLenData, bytes);
  if (body === undefined) return err("malformed");
  const nodes: RatchetTree = [];
  for (let offset = 0; offset < body.length;) {
    if (nodes.length >= MAX_NODES) return err("too_many_members");
    const slot = decodedAt(body, offset);
    if (slot === undefined) return err("malformed");
    nodes.push(slot[0]);
    offset += slot[1];
  }
  if (nodes.at(-1) === undefined) return err("malformed");
  const tree = extendRatchetTree(nodes);
  return encodesTo(bytes, () => encodeTree(tree)) ? ok(tree) : err("not_canonical");
}

function decodedAt(body: Uint8Array, offset: number): ReturnType<typeof decodeSlot> {
  try {
    return decodeSlot(body, offset);
  } catch {
    return undefined;
  }
}
