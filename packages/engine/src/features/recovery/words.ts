/** The words of the recovery secret, and when the person is asked for them. */
import { wordsFromSecret } from "@pli/protocol/recovery";
import type { CommandHandlers, QueryHandlers } from "../../api/handlers.ts";
import type { RecoveryView } from "../../api/views.ts";
import type { Kit } from "../../kit.ts";
import { eraseRecovery, findRecovery } from "../../people/profile.table.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Clock } from "../../runtime/ports.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { PasskeyCopies } from "./passkey-copy.ts";
import { secretFromTyped, secretHere } from "./secret.ts";
import type { BackupWriting } from "./writing.ts";

/** Words that nobody has confirmed are asked for so often, and confirmed ones so often again. */
const WRITE_AGAIN_MS = 7 * 86_400_000;
const CHECK_AGAIN_MS = 365 * 86_400_000;

/** When the person was asked last, and when they had the words. Times in ms. */
interface Asked {
  readonly confirmedAt?: number;
  readonly askedAt?: number;
}
const ASKED = "recovery";

const findAsked = async (tx: Tx): Promise<Asked> => (await findMeta<Asked>(tx, ASKED)) ?? {};

async function saveAsked(tx: Tx, asked: Asked): Promise<void> {
  await saveMeta(tx, ASKED, asked);
  tx.changed("recovery");
}

/** The person has the words: they have just typed them. */
export const confirmWords = (tx: Tx, now: number): Promise<void> => saveAsked(tx, { confirmedAt: now, askedAt: now });

export function createWordsCommands({ context, profiles }: Kit, writing: BackupWriting) {
  const { clock, crypto } = context;

  return {
    recoveryWords: async (tx, { language }) => {
      await profiles.get(tx);
      return wordsFromSecret(crypto, await secretHere(tx), language);
    },
    checkRecovery: async (tx, { words }) => {
      const { id } = await profiles.get(tx);
      const secret = secretFromTyped(crypto, id, words);
      if ("code" in secret) return { right: false, ...secret };
      await eraseRecovery(tx);
      await confirmWords(tx, clock.now());
      await writing.begin(tx);
      return { right: true };
    },
    postponeRecovery: async (tx) => {
      await profiles.get(tx);
      await saveAsked(tx, { ...(await findAsked(tx)), askedAt: clock.now() });
    },
  } satisfies Partial<CommandHandlers>;
}

export function createRecoveryQueries(
  { context, profiles }: Kit,
  { copies, writing }: { copies: PasskeyCopies; writing: BackupWriting },
) {
  return {
    recovery: async (tx): Promise<RecoveryView> => {
      const profile = await profiles.find(tx);
      if (profile === undefined) return { isShowable: false };
      const asked = await findAsked(tx);
      const isShowable = (await findRecovery(tx)) !== undefined;
      const { confirmedAt } = asked;
      const due = dueNow(context.clock, isShowable, asked.askedAt ?? profile.createdAt);
      const backedUpAt = await writing.lastAt(tx);
      const passkey = await copies.view(tx);
      return {
        isShowable,
        ...(confirmedAt !== undefined && { confirmedAt }),
        ...(due && { due }),
        ...(backedUpAt !== undefined && { backedUpAt }),
        ...(passkey !== undefined && { passkey }),
      };
    },
  } satisfies Partial<QueryHandlers>;
}

/** A clock that was set back since asks no later than it would have. */
function dueNow(clock: Clock, isShowable: boolean, since: number): RecoveryView["due"] {
  const isOver = Math.abs(clock.now() - since) >= (isShowable ? WRITE_AGAIN_MS : CHECK_AGAIN_MS);
  return isOver ? (isShowable ? "write" : "check") : undefined;
}
