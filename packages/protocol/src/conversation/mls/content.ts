import type { CiphersuiteImpl, PrivateMessage } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { decryptSenderData, encodePrivateMessageContent } from "ts-mls/privateMessage.js";
import type { PrivateMessageContent } from "ts-mls/privateMessage.js";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import type { GroupError } from "../group.ts";
import type { Suite } from "./ciphersuite.ts";
import { sameBytes } from "./codec.ts";
import { NO_PADDING, RETENTION } from "./config.ts";
import { generationAt, useLeaf } from "./secret-tree.ts";
import type { SecretTree } from "./secret-tree.ts";
import type { Inside } from "./state.ts";
import { leafAt } from "./tree.ts";

export type Unprotected = {
  readonly content: AuthenticatedContent;
  readonly sender: number;
  readonly secretTree: SecretTree;
  /** The secrets of this message. */
  readonly consumed: readonly Uint8Array[];
  /** What they and those of the leaves beside were derived from. */
  readonly spent: readonly Uint8Array[];
};

/**
 * Decrypted and signed by the member at that leaf, in this group and epoch, the next or a later one
 * of that sender.
 */
export async function unprotect(
  suite: Suite,
  state: Inside,
  message: PrivateMessage,
  expectedSender: number | undefined,
): Promise<Result<Unprotected, GroupError>> {
  const problem = contextProblem(state, message);
  if (problem !== undefined) return err(problem);
  const sender = await senderOf(suite.cs, state, message, expectedSender);
  if (!sender.ok) return sender;
  try {
    return await unprotectCanonical(suite, state, message, sender.value);
  } catch {
    return err("invalid");
  }
}

function contextProblem({ active, groupContext }: Inside, message: PrivateMessage): GroupError | undefined {
  if (!active) return "removed";
  if (!sameBytes(message.groupId, groupContext.groupId)) return "wrong_group";
  return message.epoch === groupContext.epoch ? undefined : "wrong_epoch";
}

/**
 * The chain that gave the label says whose turn it is; keys of messages that were skipped do not
 * exist any more.
 */
async function senderOf(
  cs: CiphersuiteImpl,
  state: Inside,
  message: PrivateMessage,
  expected: number | undefined,
): Promise<Result<number, GroupError>> {
  const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, cs).catch(() => undefined);
  if (sender === undefined) return err("invalid");
  const { leafIndex, generation } = sender;
  if (expected !== undefined && leafIndex !== expected) return err("wrong_sender");
  if (leafAt(state.ratchetTree, leafIndex) === undefined) return err("wrong_sender");
  const ratchet = message.contentType === "application" ? "application" : "handshake";
  const next = generationAt(state.secretTree, leafIndex, ratchet);
  return next !== undefined && next <= generation ? ok(leafIndex) : err("out_of_order");
}

/** The plaintext must be the one encoding of what it says, without padding. */
async function unprotectCanonical(
  suite: Suite,
  state: Inside,
  message: PrivateMessage,
  sender: number,
): Promise<Result<Unprotected, GroupError>> {
  const { cs } = suite;
  let plaintext: Uint8Array = new Uint8Array(0);
  const decryptAead: CiphersuiteImpl["hpke"]["decryptAead"] = async (...args) =>
    (plaintext = await cs.hpke.decryptAead(...args));
  const spying = { ...cs, hpke: { ...cs.hpke, decryptAead } };
  const { senderDataSecret } = state.keySchedule;
  const { result, tree, spent } = await useLeaf(suite, state.secretTree, sender, (library) =>
    unprotectPrivateMessage(
      senderDataSecret,
      message,
      library,
      state.ratchetTree,
      state.groupContext,
      RETENTION,
      spying,
    ),
  );
  const { content, consumed } = result;
  const again = encodePrivateMessageContent(NO_PADDING)({
    ...content.content,
    auth: content.auth,
  } as PrivateMessageContent);
  if (!sameBytes(plaintext, again)) return err("not_canonical");
  return ok({ content, sender, secretTree: tree, consumed, spent });
}
