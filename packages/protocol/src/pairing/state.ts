import { MAX_CARD_BYTES, MAX_CERTIFICATE_BYTES } from "../identity/index.ts";
import { bytesOf, bytesUpTo, decodeCbor, encodeCbor, exactly, isBoolean, isUint } from "../object/index.ts";
import { orNull, shapedFrom, textUpTo, type Guard, type Shape, type Shaped } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import type { PairingFailure } from "./events.ts";
import type { Purpose } from "./link.ts";
import { MAX_KEY_PACKAGE_BYTES, MAX_WELCOME_BYTES, maxBytesOf, type Role } from "./objects.ts";

const isPurpose: Guard<Purpose> = (value): value is Purpose => value === "person" || value === "device";
const isRole: Guard<Role> = (value): value is Role => value === "inviter" || value === "responder";
const BYTES32 = bytesOf(32);
const ENDED = textUpTo(32) as Guard<"paired" | PairingFailure>;
const CARD = bytesUpTo(MAX_CARD_BYTES);
const CERTIFICATE = bytesUpTo(MAX_CERTIFICATE_BYTES);
const KEY_PACKAGE = bytesUpTo(MAX_KEY_PACKAGE_BYTES);

/**
 * `now` is the last time told, `deadline` the last at which the pairing may go on; both in seconds.
 */
const CLOCK = { v: exactly(1), feed: isUint, now: isUint, deadline: isUint };
const OPENING = { bundle: bytesUpTo(maxBytesOf("bundle")), enc: bytesOf(1120) };
const PEER = { card: CARD, certificate: CERTIFICATE };

/** Inviter: the bundle is out, nobody has answered. */
const WAITING = { ...CLOCK, phase: exactly("waiting"), secret: BYTES32, kemSeed: BYTES32, bundle: OPENING.bundle };
/** Inviter: a hello came; our own card is needed. */
const GREETED = {
  ...CLOCK,
  ...OPENING,
  ...PEER,
  phase: exactly("greeted"),
  keyPackage: KEY_PACKAGE,
  commitment: BYTES32,
  channel: BYTES32,
};
/**
 * Inviter: our card and nonce are out; the responder's nonce is awaited. `opening` is the hash of
 * all the responder said.
 */
const ANSWERED = {
  ...CLOCK,
  ...PEER,
  phase: exactly("answered"),
  keyPackage: KEY_PACKAGE,
  commitment: BYTES32,
  channel: BYTES32,
  opening: BYTES32,
  nonce: BYTES32,
  ownCard: CARD,
  ownCertificate: CERTIFICATE,
  answer: bytesUpTo(maxBytesOf("answer")),
};
/** Responder: the link is known, the bundle awaited. */
const OPENED_BEFORE = { ...CLOCK, phase: exactly("opened"), secret: BYTES32, store: textUpTo(255) };
const OPENED = { ...OPENED_BEFORE, purpose: isPurpose };
/** Responder: the bundle is read; our own card is needed. */
const INVITED = { ...CLOCK, phase: exactly("invited"), secret: BYTES32, bundle: OPENING.bundle };
/** Responder: our hello is out; the inviter's card and nonce are awaited. */
const GREETING = {
  ...CLOCK,
  phase: exactly("greeting"),
  secret: BYTES32,
  channel: BYTES32,
  opening: BYTES32,
  commitment: BYTES32,
  nonce: BYTES32,
  ownCard: CARD,
  hello: bytesUpTo(maxBytesOf("hello")),
};
/**
 * Both: the code is known. `heard`: our person typed it right. `confirmed`: what the other side
 * confirmed with.
 */
const CODES = {
  ...CLOCK,
  ...PEER,
  phase: exactly("codes"),
  role: isRole,
  channel: BYTES32,
  transcript: BYTES32,
  code: textUpTo(8),
  attemptsLeft: isUint,
  heard: isBoolean,
  keyPackage: orNull(KEY_PACKAGE),
  reveal: orNull(bytesUpTo(maxBytesOf("reveal"))),
  welcome: orNull(bytesUpTo(MAX_WELCOME_BYTES)),
  confirmed: orNull(bytesUpTo(MAX_WELCOME_BYTES)),
};
/** Over. Nothing is left but how it ended. */
const ENDED_SHAPE = { v: exactly(1), phase: exactly("ended"), how: ENDED };

const SHAPES = {
  waiting: WAITING,
  greeted: GREETED,
  answered: ANSWERED,
  opened: OPENED,
  invited: INVITED,
  greeting: GREETING,
  codes: CODES,
  ended: ENDED_SHAPE,
} as const;

type Phases = { [P in keyof typeof SHAPES]: Shaped<(typeof SHAPES)[P]> };
export type Waiting = Phases["waiting"];
export type Greeted = Phases["greeted"];
export type Answered = Phases["answered"];
export type Opened = Phases["opened"];
export type Invited = Phases["invited"];
export type Greeting = Phases["greeting"];
export type Codes = Phases["codes"];
export type Ended = Phases["ended"];
/** A pairing between two events. Holds secrets until it has ended. */
export type PairingState = Phases[keyof Phases];
export type LiveState = Exclude<PairingState, Ended>;

const MAX_STATE_BYTES = 131_072;

/** Canonical CBOR of a state: secret, to be stored only under another key. */
export function encodePairing(state: PairingState): Uint8Array {
  return encodeCbor(state);
}

export function parsePairing(bytes: Uint8Array): Result<PairingState, "pairing_state_malformed"> {
  const value = decodeCbor(bytes, MAX_STATE_BYTES);
  const phase: unknown = value instanceof Map ? value.get("phase") : undefined;
  const shape: Shape | undefined = isPhase(phase) ? SHAPES[phase] : undefined;
  const state = (shape && shapedFrom(value, shape)) ?? openedBefore(value);
  return state === undefined ? err("pairing_state_malformed") : ok(state as unknown as PairingState);
}

/** As it was saved when every exchange was for people. */
function openedBefore(value: unknown): Opened | undefined {
  const before = shapedFrom(value, OPENED_BEFORE);
  return before && { ...before, purpose: "person" };
}

function isPhase(phase: unknown): phase is keyof typeof SHAPES {
  return typeof phase === "string" && Object.hasOwn(SHAPES, phase);
}
