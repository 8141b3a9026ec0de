import type { CiphersuiteImpl, GroupState as MlsState, PrivateMessage } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { decryptSenderData, encodePrivateMessageContent } from "ts-mls/privateMessage.js";
import type { PrivateMessageContent } from "ts-mls/privateMessage.js";
import type { SecretTree } from "ts-mls/secretTree.js";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import type { GroupError } from "../group.ts";
import { sameBytes } from "./codec.ts";
import { NO_PADDING, RETENTION } from "./config.ts";

export type Unprotected = { content: AuthenticatedContent; secretTree: SecretTree; consumed: Uint8Array[] };

/** Decrypted and signed by the member at that leaf, in this group and epoch, the next or a later one of that sender. */
export async function unprotect(
  cs: CiphersuiteImpl,
  state: MlsState,
  message: PrivateMessage,
  expectedSender: number | undefined,
): Promise<Result<Unprotected, GroupError>> {
  const problem = contextProblem(state, message) ?? (await senderProblem(cs, state, message, expectedSender));
  if (problem !== undefined) return err(problem);
  try {
    return await unprotectCanonical(cs, state, message);
  } catch {
    return err("invalid");
  }
}

function contextProblem(state: MlsState, message: PrivateMessage): GroupError | undefined {
  if (state.groupActiveState.kind !== "active") return "removed";
  if (!sameBytes(message.groupId, state.groupContext.groupId)) return "wrong_group";
  return message.epoch === state.groupContext.epoch ? undefined : "wrong_epoch";
}

/** The chain that gave the label says whose turn it is; keys of messages that were skipped do not exist any more. */
async function senderProblem(
  cs: CiphersuiteImpl,
  state: MlsState,
  message: PrivateMessage,
  expected: number | undefined,
): Promise<GroupError | undefined> {
  const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, cs).catch(() => undefined);
  if (sender === undefined) return "invalid";
  if (expected !== undefined && sender.leafIndex !== expected) return "wrong_sender";
  if (state.ratchetTree[2 * sender.leafIndex]?.nodeType !== "leaf") return "wrong_sender";
  const ratchets = state.secretTree[2 * sender.leafIndex];
  const ratchet = message.contentType === "application" ? ratchets?.application : ratchets?.handshake;
  return ratchet !== undefined && ratchet.generation <= sender.generation ? undefined : "out_of_order";
}

/** The plaintext must be the one encoding of what it says, without padding. */
async function unprotectCanonical(
  cs: CiphersuiteImpl,
  state: MlsState,
  message: PrivateMessage,
): Promise<Result<Unprotected, GroupError>> {
  let plaintext: Uint8Array = new Uint8Array(0);
  const decryptAead: CiphersuiteImpl["hpke"]["decryptAead"] = async (...args) =>
    (plaintext = await cs.hpke.decryptAead(...args));
  const spying = { ...cs, hpke: { ...cs.hpke, decryptAead } };
  const { senderDataSecret } = state.keySchedule;
  const got = await unprotectPrivateMessage(
    senderDataSecret,
    message,
    state.secretTree,
    state.ratchetTree,
    state.groupContext,
    RETENTION,
    spying,
  );
  const again = encodePrivateMessageContent(NO_PADDING)({
    ...got.content.content,
    auth: got.content.auth,
  } as PrivateMessageContent);
  if (!sameBytes(plaintext, again)) return err("not_canonical");
  return ok({ content: got.content, secretTree: got.tree, consumed: got.consumed });
}
