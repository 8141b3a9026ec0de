import type { Extension } from "ts-mls";
import { CONSENT_EXTENSION, MAX_RULES_BYTES, RULES_EXTENSION } from "../group.ts";
import type { GroupError } from "../group.ts";
import type { SuiteName } from "./ciphersuite.ts";
import { groupExtensions } from "./config.ts";

type Problem = GroupError | undefined;

const CONSENT_BYTES = 32;

/** The extensions of a group's context: its rules and nothing else. */
export function rulesExtensions(rules: Uint8Array | undefined): Extension[] {
  if (rules === undefined) return [];
  if (rules.length > MAX_RULES_BYTES) throw new RangeError("rules too large");
  return [{ extensionType: RULES_EXTENSION, extensionData: rules }];
}

export function rulesIn(extensions: readonly Extension[]): Uint8Array | undefined {
  return extensions.find(({ extensionType }) => extensionType === RULES_EXTENSION)?.extensionData;
}

/** Rules or nothing: what another extension asks for, not all members would do. */
export function contextProblem(suite: SuiteName, extensions: readonly Extension[]): Problem {
  if (extensions.length === 0) return undefined;
  const rules = rulesIn(extensions);
  if (extensions.length > 1 || rules === undefined || !groupExtensions(suite).includes(RULES_EXTENSION))
    return "extensions_refused";
  return rules.length > MAX_RULES_BYTES ? "too_large" : undefined;
}

/** A group with rules keeps some for ever; one without never gets any. */
export function changeOfRulesProblem(
  suite: SuiteName,
  before: readonly Extension[],
  after: readonly Extension[] | undefined,
): Problem {
  if (after === undefined) return undefined;
  if (rulesIn(before) === undefined || rulesIn(after) === undefined) return "extensions_refused";
  return contextProblem(suite, after);
}

/**
 * The extensions of a key package: for whose use it was made, if for somebody's. Capabilities need
 * not list it: RFC 9420 (section 7.2) asks that of what stands in leaves and group contexts.
 */
export function consentExtensions(consent: Uint8Array | undefined): Extension[] {
  if (consent === undefined) return [];
  if (consent.length !== CONSENT_BYTES) throw new RangeError("consent is 32 bytes");
  return [{ extensionType: CONSENT_EXTENSION, extensionData: consent }];
}

export function consentIn(extensions: readonly Extension[]): Uint8Array | undefined {
  return extensions.find(({ extensionType }) => extensionType === CONSENT_EXTENSION)?.extensionData;
}

export function consentProblem(extensions: readonly Extension[]): Problem {
  if (extensions.length === 0) return undefined;
  return extensions.length === 1 && consentIn(extensions)?.length === CONSENT_BYTES ? undefined : "extensions_refused";
}
