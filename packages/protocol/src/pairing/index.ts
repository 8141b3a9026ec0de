/**
 * Two people who share nothing become contacts: links, and the exchange with its typed code
 * (docs/protocol.md, section 6).
 */
export type { PairingStep } from "./ending.ts";
export type { PairingEffect, PairingEvent, PairingFailure, PeerInfo } from "./events.ts";
export { PAIRING_SECONDS, inviterStart } from "./inviter.ts";
export {
  createInvitationLink,
  isStoreAddress,
  parseInvitationLink,
  parseStoreAddress,
  type Invitation,
  type LinkError,
  type Purpose,
} from "./link.ts";
export type { PairingObject, Role } from "./objects.ts";
export { responderStart } from "./responder.ts";
export { standingEffects } from "./standing.ts";
export { encodePairing, parsePairing, type PairingState } from "./state.ts";
export { pairingStep } from "./step.ts";
