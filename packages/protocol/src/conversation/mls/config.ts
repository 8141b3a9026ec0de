import type { Capabilities, ClientConfig, Credential } from "ts-mls";
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
import type { LeafCheck } from "../group.ts";
import { PLI_SUITE } from "./ciphersuite.ts";

/** The same for every device for ever: capabilities drawn at random (GREASE) would be a fingerprint. */
export const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [PLI_SUITE],
  extensions: [],
  proposals: [],
  credentials: ["basic"],
};

/** Cells are padded to one size, so MLS pads nothing. */
export const NO_PADDING = { kind: "alwaysPad", paddingLength: 0 } as const;

/**
 * No key of a skipped message is kept: each sender's cells are opened in order. Old epochs are whole states that the
 * engine keeps; ts-mls keeps its minimum (0 would mean for ever). A gap longer than 64 messages ends a sender's epoch.
 */
export const RETENTION = { retainKeysForGenerations: 0, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 64 };

/** What ts-mls is told, with our authentication service in place of its own, which accepts everybody. */
export function clientConfig(check: LeafCheck): ClientConfig {
  return {
    keyRetentionConfig: RETENTION,
    paddingConfig: NO_PADDING,
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    // ts-mls compares with the system's clock; leaf.ts does it with the time it is given.
    lifetimeConfig: { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false },
    authService: {
      validateCredential: async (credential, signatureKey) => credentialAccepted(credential, signatureKey, check),
    },
  };
}

/** Only our own kind of credential, and only if the caller knows it. */
export function credentialAccepted(credential: Credential, signatureKey: Uint8Array, check: LeafCheck): boolean {
  return credential.credentialType === "basic" && check(credential.identity, signatureKey);
}

/** For what involves nobody else's leaf. */
export const REFUSE_ALL: LeafCheck = () => false;
