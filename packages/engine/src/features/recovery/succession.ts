/**
 * A device is stolen, and another one is at hand: with the recovery words this one takes the keys
 * of the next generation, which the thief cannot make (docs/protocol.md, section 7.4). It is done
 * in one transaction; what follows, in every conversation, follows from the keys and the list.
 */
import { toHex } from "@pli/protocol/crypto";
import { GENERATIONS } from "@pli/protocol/identity";
import type { CommandHandlers } from "../../api/handlers.ts";
import { listConversationIds, setConversationState } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import { eraseRecovery } from "../../people/profile.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { Direct } from "../direct/feature.ts";
import type { CopyWriting } from "../message-copy/writing.ts";
import { secretFromTyped } from "./secret.ts";
import { confirmWords } from "./words.ts";
import type { BackupWriting } from "./writing.ts";

export function createSuccession(
  kit: Kit,
  deps: {
    devices: DevicesFeature;
    direct: Direct;
    writing: BackupWriting;
    messageCopy: { readonly writing: Pick<CopyWriting, "renew"> };
  },
) {
  const { devices, direct, writing } = deps;
  const { contacts, context, ownDevices, profiles } = kit;
  const { clock, crypto } = context;

  /** A device that was put out by the thief has conversations of two that must begin again. */
  async function beginAgain(tx: Tx): Promise<void> {
    for (const id of await listConversationIds(tx, "direct", "left")) {
      await setConversationState(tx, id, "rejoining");
      const contact = (await contacts.ofConversation(tx, id)) ?? damaged("contact");
      if (!contact.blocked) await direct.rejoining.resume(tx, contact);
    }
  }

  return {
    declareStolen: async (tx, { device, words }) => {
      const { id, identity } = await profiles.get(tx);
      const secret = secretFromTyped(crypto, id, words);
      if ("code" in secret) return secret;
      const before = await ownDevices.list(tx);
      const known = [...before.devices.map((one) => toHex(one.id)), ...before.removed.map(toHex)];
      const self = await ownDevices.self(tx);
      if (device === self || !known.includes(device)) throw new PliError("device_unknown");
      const generation = identity.generation + 1;
      if (generation >= GENERATIONS) throw new PliError("recovery_used_up");
      const isAlone = (await ownDevices.removed(tx)).has(self);
      await profiles.succeed(tx, { secret, generation });
      await eraseRecovery(tx);
      await confirmWords(tx, clock.now());
      const out = await ownDevices.succeed(tx, { before, stolen: device, isAlone });
      await devices.forgetKeys(tx, before);
      await writing.renew(tx);
      await deps.messageCopy.writing.renew(tx);
      if (isAlone) await beginAgain(tx);
      return { out };
    },
  } satisfies Partial<CommandHandlers>;
}
