/**
 * Profiles, what they show of themselves and the devices they answer for (docs/protocol.md, section
 * 6).
 */
export { MAX_CARD_BYTES, createCard, parseCard, type Card } from "./card.ts";
export {
  CLOCK_TOLERANCE_SECONDS,
  DEVICE_ID_BYTES,
  MAX_CERTIFICATE_BYTES,
  checkCredential,
  createDeviceCertificate,
  credentialFromCertificate,
  isInTime,
  parseCredential,
  parseDeviceCertificate,
  type CredentialError,
  type DeviceCertificate,
  type DeviceId,
  type LeafCredential,
} from "./certificate.ts";
export { MAX_NAME_CHARS, parseName } from "./name.ts";
export { GENERATIONS, type ProfileId } from "./generations.ts";
export {
  backupSecretFrom,
  createIdentity,
  createRecoverySecret,
  RECOVERY_SECRET_BYTES,
  identityFromRecovery,
  recoverySecretFrom,
  type RecoverySecret,
} from "./recovery.ts";
export { encodeIdentity, parseIdentity, type IdentitySecret } from "./secret.ts";
