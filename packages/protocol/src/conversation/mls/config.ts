import type { Capabilities, Credential } from "ts-mls";
import { RULES_EXTENSION } from "../group.ts";
import type { LeafCheck } from "../group.ts";
import { PLI_SUITE } from "./ciphersuite.ts";
import type { SuiteName } from "./ciphersuite.ts";

/**
 * The same for every device for ever: capabilities drawn at random (GREASE) would be a fingerprint.
 */
export const capabilitiesFor = (suite: SuiteName): Capabilities => ({
  versions: ["mls10"],
  ciphersuites: [suite],
  extensions: groupExtensions(suite),
  proposals: [],
  credentials: ["basic"],
});

/**
 * What every leaf must be able to follow in a group's context. Groups of the interoperability suite
 * have no rules.
 */
export const groupExtensions = (suite: SuiteName): number[] => (suite === PLI_SUITE ? [RULES_EXTENSION] : []);

/** Cells are padded to one size, so MLS pads nothing. */
export const NO_PADDING = { kind: "alwaysPad", paddingLength: 0 } as const;

/**
 * No key of a skipped message is kept: each sender's cells are opened in order. Old epochs are
 * whole states that the engine keeps; ts-mls keeps its minimum (0 would mean for ever). A gap
 * longer than 64 messages ends a sender's epoch.
 */
export const RETENTION = { retainKeysForGenerations: 0, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 64 };

/** Only our own kind of credential, and only if the caller knows it. */
export function credentialAccepted(credential: Credential, signatureKey: Uint8Array, check: LeafCheck): boolean {
  return credential.credentialType === "basic" && check(credential.identity, signatureKey);
}
