import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { Direct } from "../direct/feature.ts";
import type { Groups } from "../group/feature.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { MessageCopy } from "../message-copy/feature.ts";
import type { SettingsFeature } from "../settings/feature.ts";
import { createPasskeyCommands } from "./passkey.ts";
import { createPasskeyCopies } from "./passkey-copy.ts";
import { createSuccession } from "./succession.ts";
import { createRestoring } from "./restoring.ts";
import { createRecoveryQueries, createWordsCommands } from "./words.ts";
import { createBackupWriting } from "./writing.ts";

interface Others {
  readonly devices: DevicesFeature;
  readonly direct: Direct;
  readonly groups: Groups;
  readonly messageCopy: MessageCopy;
  readonly settings: SettingsFeature;
}

/** What a person gets back with when all their devices are gone (docs/protocol.md, section 8.3). */
export function createRecovery(kit: Kit, { devices, direct, groups, messageCopy, settings }: Others) {
  const writing = createBackupWriting(kit);
  // Who gets back with the words wants to have it as it was.
  settings.copyChanged.on(async (tx, { isHere }) => (isHere ? writing.begin(tx) : undefined));
  const copies = createPasskeyCopies(kit);
  const restoring = createRestoring(kit, {
    ...direct,
    ...devices,
    groupRejoining: groups.rejoining,
    writing,
    copies,
    messageCopy,
  });
  const commands = {
    ...createWordsCommands(kit, writing),
    ...createSuccession(kit, { devices, direct, writing, messageCopy }),
    ...createPasskeyCommands(kit, { copies, writing }),
    restoreRecovery: { inSteps: restoring.byWords },
    restoreByPasskey: { inSteps: restoring.byPasskey },
  } satisfies Partial<CommandHandlers>;
  async function tick(tx: Tx): Promise<void> {
    await writing.look(tx);
    await copies.look(tx);
  }
  return { commands, queries: createRecoveryQueries(kit, { writing, copies }), tick } satisfies Feature;
}
