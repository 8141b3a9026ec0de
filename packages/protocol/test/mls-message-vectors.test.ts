import type { Decoder, Encoder, MLSMessage, Proposal } from "ts-mls";
import { decodeCommit, encodeCommit } from "ts-mls/commit.js";
import { decodeGroupSecrets, encodeGroupSecrets } from "ts-mls/groupSecrets.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { decodeProposal, encodeProposal } from "ts-mls/proposal.js";
import { beforeAll, describe, expect, test } from "vitest";
import { concat } from "../src/crypto/index.ts";
import { u16 } from "../src/crypto/bytes.ts";
import { MAX_MESSAGE_BYTES } from "../src/conversation/group.ts";
import { decoded, encodesTo, parseMlsMessage, sameBytes } from "../src/conversation/mls/codec.ts";
import { takenApart } from "../src/conversation/mls/commit.ts";
import { encodeTree, parseTree } from "../src/conversation/mls/tree-codec.ts";
import { casesOf, present } from "./mls-cases.ts";
import { hex } from "./hex.ts";
import { announce, vectorsPresent } from "./published-vectors.ts";

const CASES = 300;

/** Whole messages, which our parser takes from outside. */
const MESSAGES = {
  mls_welcome: "mls_welcome",
  mls_group_info: "mls_group_info",
  mls_key_package: "mls_key_package",
  public_message_application: "mls_public_message",
  public_message_proposal: "mls_public_message",
  public_message_commit: "mls_public_message",
  private_message: "mls_private_message",
} as const satisfies Record<string, MLSMessage["wireformat"]>;

/** Proposals, published without their type: by its number, and what our commits make of one. */
const PROPOSALS = {
  add_proposal: [1, "taken"],
  update_proposal: [2, "proposal_refused"],
  remove_proposal: [3, "taken"],
  pre_shared_key_proposal: [4, "proposal_refused"],
  re_init_proposal: [5, "proposal_refused"],
  external_init_proposal: [6, "proposal_refused"],
  group_context_extensions_proposal: [7, "taken"],
} as const;

if (!vectorsPresent) announce("MLS, our own parsers", CASES);

describe.skipIf(!vectorsPresent)("MLS working group vectors against our own parsers", () => {
  let cases: Messages[];
  beforeAll(() => {
    const how = "against our own parsers, proposals, commits and group secrets alone with the library's";
    cases = casesOf<Messages>("messages", CASES, { how });
  });

  test("every message is parsed to what encodes to the same bytes, and neither a byte less nor a byte more is one", () => {
    for (const v of cases)
      for (const [name, kind] of entriesOf(MESSAGES))
        expectExact(hex(v[name]), (bytes) => {
          const message = parseMlsMessage(bytes, kind, MAX_MESSAGE_BYTES);
          return message.ok ? encodeMlsMessage(message.value) : undefined;
        });
  });

  test("every tree is parsed to what encodes to the same bytes, and neither a byte less nor a byte more is one", () => {
    for (const v of cases)
      expectExact(hex(v.ratchet_tree), (bytes) => {
        const tree = parseTree(bytes);
        return tree.ok ? encodeTree(tree.value) : undefined;
      });
  });

  test("what stands in messages encodes to the same bytes, and of proposals our commits take those of three kinds", () => {
    for (const v of cases) {
      sameAgain(hex(v.commit), decodeCommit, encodeCommit);
      sameAgain(hex(v.group_secrets), decodeGroupSecrets, encodeGroupSecrets);
      for (const [name, [type, verdict]] of entriesOf(PROPOSALS)) {
        const bytes = concat(u16(type), hex(v[name]));
        expect(verdictOn(sameAgain(bytes, decodeProposal, encodeProposal))).toBe(verdict);
      }
    }
  });

  test("nothing in the published cases is left out", () => {
    const known = [...Object.keys(MESSAGES), ...Object.keys(PROPOSALS), "ratchet_tree", "commit", "group_secrets"];
    for (const v of cases) expect(Object.keys(v).toSorted()).toEqual(known.toSorted());
  });
});

function verdictOn(proposal: Proposal): string {
  const proposed = takenApart([proposal]);
  return proposed.ok ? "taken" : proposed.error;
}

/** `again` parses and encodes; undefined is a refusal. */
function expectExact(bytes: Uint8Array, again: (bytes: Uint8Array) => Uint8Array | undefined): void {
  expect(sameBytes(present(again(bytes)), bytes)).toBe(true);
  expect(again(bytes.subarray(0, -1))).toBeUndefined();
  expect(again(concat(bytes, new Uint8Array(1)))).toBeUndefined();
}

function sameAgain<T>(bytes: Uint8Array, decode: Decoder<T>, encode: Encoder<T>): T {
  const value = present(decoded(decode, bytes));
  expect(encodesTo(bytes, () => encode(value))).toBe(true);
  return value;
}

const entriesOf = <K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] => Object.entries(record) as [K, V][];

type Messages = Record<
  keyof typeof MESSAGES | keyof typeof PROPOSALS | "ratchet_tree" | "commit" | "group_secrets",
  string
>;
