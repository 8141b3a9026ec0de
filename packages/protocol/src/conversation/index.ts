export * from "./group.ts";
export { createGroupEngine } from "./group-engine.ts";
export {
  BEACONS_A_DAY,
  BEACONS_AHEAD,
  MAX_BEACON_ANSWER_BYTES,
  MAX_BEACON_REQUEST_BYTES,
  beaconSeeds,
  keyPackageIn,
  conversationIdFrom,
  createBeaconRequest,
  encodeBeaconAnswer,
  parseBeaconAnswer,
  parseBeaconRequest,
  type Beacon,
} from "./beacon.ts";
export {
  CHAIN_WINDOW,
  COMMIT_ATTEMPTS,
  chainKey,
  chainLabel,
  chainSlot,
  chainsFromExport,
  chainWindow,
  nextChain,
} from "./chain.ts";
export type { Chain, ChainSlot, Slot } from "./chain.ts";
export {
  advanced,
  chainOf,
  CALL_EXPORT,
  commitFromObject,
  LABELS_EXPORT,
  putsFromCommit,
  sealMessage,
  startEpoch,
  type ConversationKit,
  type Epoch,
} from "./epoch.ts";
export {
  MAX_FRAGMENTS,
  payloadFromMessage,
  readPayload,
  restFirst,
  roomBeside,
  type Payload,
  type Pointer,
} from "./payload.ts";
