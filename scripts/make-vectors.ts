/**
 * `npm run vectors` writes vectors/*.json; with --check it makes them in memory and fails where a
 * file differs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { contentVectors } from "./vectors/content.ts";
import { beaconVectors, callSecretVectors, chainVectors, payloadVectors } from "./vectors/conversation.ts";
import { deviceListVectors, deviceReturnVectors, ownDeviceVectors } from "./vectors/devices.ts";
import { deviceRestoreVectors } from "./vectors/restored.ts";
import { groupControlVectors, leaveVectors, rosterVectors, rulesVectors } from "./vectors/group.ts";
import { forkStepVectors } from "./vectors/fork-steps.ts";
import { successorVectors } from "./vectors/successor.ts";
import { leaveStepVectors } from "./vectors/leave.ts";
import { rejoinLifeVectors } from "./vectors/rejoin-life.ts";
import { forkVectors, rejoinVectors } from "./vectors/rejoin.ts";
import { backupVectors, messageCopyVectors, passkeyCopyVectors, recoveryWordsVectors } from "./vectors/recovery.ts";
import { cardVectors, certificateVectors, identityVectors } from "./vectors/identity.ts";
import { encodeVectors } from "./vectors/json.ts";
import { cellVectors, objectVectors } from "./vectors/object.ts";
import { linkVectors, pairingVectors } from "./vectors/pairing.ts";
import { frameVectors, labelVectors } from "./vectors/wire.ts";

const makers = [
  frameVectors,
  labelVectors,
  cellVectors,
  objectVectors,
  identityVectors,
  recoveryWordsVectors,
  backupVectors,
  messageCopyVectors,
  passkeyCopyVectors,
  cardVectors,
  certificateVectors,
  linkVectors,
  pairingVectors,
  deviceListVectors,
  ownDeviceVectors,
  deviceReturnVectors,
  deviceRestoreVectors,
  contentVectors,
  chainVectors,
  callSecretVectors,
  payloadVectors,
  beaconVectors,
  rulesVectors,
  leaveVectors,
  groupControlVectors,
  rosterVectors,
  rejoinVectors,
  forkVectors,
  leaveStepVectors,
  rejoinLifeVectors,
  forkStepVectors,
  successorVectors,
];

const checking = process.argv.includes("--check");
const files = await Promise.all(makers.map((make) => make()));
const differing = files.filter((file) => {
  const url = new URL(`../vectors/${file.structure}.json`, import.meta.url);
  const made = encodeVectors(file);
  if (checking) return made !== readOrNothing(url);
  writeFileSync(url, made);
  return false;
});
for (const { structure } of differing)
  console.error(`vectors/${structure}.json is not what scripts/make-vectors.ts makes`);
if (differing.length > 0) process.exitCode = 1;
else console.log(`${files.length} files of vectors ${checking ? "are as they are made" : "written"}`);

function readOrNothing(url: URL): string | undefined {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return undefined;
  }
}
