import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { Direct } from "../direct/feature.ts";
import type { Groups } from "../group/feature.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import { createSuccession } from "./succession.ts";
import { createRestoring } from "./restoring.ts";
import { createRecoveryQueries, createWordsCommands } from "./words.ts";
import { createBackupWriting } from "./writing.ts";

interface Others {
  readonly devices: DevicesFeature;
  readonly direct: Direct;
  readonly groups: Groups;
}

/** What a person gets back with when all their devices are gone (docs/protocol.md, section 8.3). */
export function createRecovery(kit: Kit, { devices, direct, groups }: Others) {
  const writing = createBackupWriting(kit);
  const restore = createRestoring(kit, { ...direct, ...devices, groupRejoining: groups.rejoining, writing });
  const commands = {
    ...createWordsCommands(kit, writing),
    ...createSuccession(kit, { devices, direct, writing }),
    restoreRecovery: { inSteps: restore },
  } satisfies Partial<CommandHandlers>;
  return { commands, queries: createRecoveryQueries(kit, writing), tick: writing.look } satisfies Feature;
}
