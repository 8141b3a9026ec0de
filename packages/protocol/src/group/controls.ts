import { MAX_KEY_PACKAGE_BYTES, MAX_MEMBERS } from "../conversation/group.ts";
import type { Pointer } from "../conversation/payload.ts";
import {
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isUint,
  listOf,
  orNull,
  shapedFrom,
  textUpTo,
} from "../object/index.ts";
import type { Guard, Shape } from "../object/index.ts";
import { MAX_CONTROL_BYTES } from "../content/index.ts";
import { isStoreAddress } from "../pairing/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { DEVICE_ID_BYTES, MAX_NAME_CHARS } from "../identity/index.ts";
import { EPOCH_MARK_BYTES, isRisingMarks, type EpochMark } from "./marks.ts";
import { isPointer, unmapped } from "./pointer.ts";
import { CONVERSATION_ID_BYTES, PROFILE_ID_BYTES } from "./rules.ts";
import { isGroupName } from "./text.ts";

type Bytes = Uint8Array;

/**
 * What clients tell each other for the sake of groups: the bodies of control messages of these
 * names. Section 5.
 */
export type GroupControl =
  /** Between two: key packages that the other may bring us into groups with. */
  | { readonly name: "key-packages"; readonly packages: readonly Bytes[] }
  /** Between two: none of yours is left here. */
  | { readonly name: "key-packages-wanted" }
  /** Between two: ask me before you add me to a group, or add me without asking. */
  | { readonly name: "group-asks"; readonly asks: YesOrNo }
  /**
   * Between two: will you come into this group? As its author says it is called, where it lives,
   * how many people are in it.
   */
  | {
      readonly name: "group-offer";
      readonly conversation: Bytes;
      readonly title: string;
      readonly store: string;
      readonly members: number;
    }
  /** The answer. No, said later, takes a yes back. */
  | { readonly name: "group-offer-answer"; readonly conversation: Bytes; readonly accepts: YesOrNo }
  /** The question is over: its author waits for no answer any more. */
  | { readonly name: "group-offer-ended"; readonly conversation: Bytes }
  /**
   * Between two, or in the group that has a successor: where the welcome, the tree and the roster
   * are.
   */
  | {
      readonly name: "group-invitation";
      readonly conversation: Bytes;
      readonly store: string;
      readonly feed: number;
      readonly welcome: Pointer;
      readonly tree: Pointer;
      readonly roster: Pointer;
    }
  /**
   * Between two: I cannot go on from this place. Put the key package in the place of the leaf it
   * consents to have replaced; empty: I do not know which.
   */
  | {
      readonly name: "group-rejoin";
      readonly conversation: Bytes;
      readonly place: GroupPlace | null;
      readonly keyPackage: Bytes;
    }
  /**
   * The answer: where I stand, whether I go on there, and the encryption key of your leaf; empty:
   * you have none. `device`: that of the leaf, where it is another of your devices than asks.
   * `asker`: the device that asks; your others pass the answer over. None: it is for all of them.
   */
  | {
      readonly name: "group-rejoin-answer";
      readonly conversation: Bytes;
      readonly standing: StandingCode;
      readonly place: GroupPlace | null;
      readonly leaf: Bytes;
      readonly device?: Bytes;
      readonly asker?: Bytes;
    }
  /**
   * The answer of somebody who continues in the group, where you are not. `asker`: as in the other
   * answer.
   */
  | { readonly name: "group-rejoin-refused"; readonly conversation: Bytes; readonly asker?: Bytes }
  /**
   * Between two: epochs, rising, each with the first 16 bytes of its authenticator as it is here.
   */
  | {
      readonly name: "group-state";
      readonly conversation: Bytes;
      /** The id of the MLS group: of two foundings of a conversation nothing is compared. */
      readonly group: Bytes;
      /**
       * The epoch its author came in with by a welcome, when that is behind the first one listed.
       */
      readonly since?: number;
      readonly epochs: readonly EpochMark[];
    }
  /** In the group: a leave statement. */
  | { readonly name: "group-leave"; readonly signature: Bytes }
  /**
   * Between two: I have left that group, and could not say so there. A leave statement for the leaf
   * that you know of me.
   */
  | {
      readonly name: "group-left";
      readonly conversation: Bytes;
      readonly group: Bytes;
      readonly leaf: Bytes;
      readonly signature: Bytes;
    }
  /**
   * Between two: texts of the reader in that conversation came and could not be kept; they are to
   * be sent again.
   */
  | { readonly name: "texts-wanted"; readonly conversation: Bytes }
  /** In the group: where the sender's card is. */
  | { readonly name: "group-card"; readonly card: Pointer }
  /** In the group, from an owner, who founds a successor group without these profiles. */
  | { readonly name: "group-refound"; readonly without: readonly Bytes[] }
  /** In the group: the answer, a key package for the owner who asked. */
  | { readonly name: "group-package"; readonly keyPackage: Bytes };
/** Where a device stands in a group: the MLS group, and the mark of its newest epoch there. */
export type GroupPlace = { readonly group: Bytes; readonly epoch: number; readonly mark: Bytes };
/** 0: continues in the group; 1: cannot either; 2: is not in it any more. */
export type StandingCode = 0 | 1 | 2;

/** 0: no; 1: yes. */
export type YesOrNo = 0 | 1;

export const MAX_KEY_PACKAGES = 8;
/** People whom a successor group leaves out, at once. */
export const MAX_WITHOUT = 64;
/** An encryption key of a leaf, with room for later suites. */
const MAX_LEAF_KEY_BYTES = 2048;

const isId = bytesOf(CONVERSATION_ID_BYTES);
const isKeyPackage = bytesUpTo(MAX_KEY_PACKAGE_BYTES);
const isKeyPackages: Guard<readonly Bytes[]> = (value): value is readonly Bytes[] =>
  listOf(isKeyPackage, MAX_KEY_PACKAGES)(value) && value.length > 0;
const isStore: Guard<string> = (value): value is string => textUpTo(255)(value) && isStoreAddress(value);
const isFeed: Guard<number> = (value): value is number => isUint(value) && value <= 0xffff;
type Named<N extends GroupControl["name"]> = Extract<GroupControl, { readonly name: N }>;
type OptionalIn<C> = { [F in keyof C]-?: object extends Pick<C, F> ? F : never }[keyof C];

/** What the body of a control of this name holds, and nothing else. */
interface ControlShape<C extends GroupControl> {
  readonly fields: { readonly [F in Exclude<keyof C, "name" | OptionalIn<C>>]: Guard<unknown> };
  /** Fields that it has or has not. */
  readonly optional?: { readonly [F in OptionalIn<C>]: Guard<unknown> };
  /** Whether its fields agree with each other. */
  readonly agree?: (fields: object) => boolean;
}

/** Every control, and every field of it: one that is forgotten is a compile error. */
const CONTROLS: { readonly [N in GroupControl["name"]]: ControlShape<Named<N>> } = {
  "key-packages": { fields: { packages: isKeyPackages } },
  "key-packages-wanted": { fields: {} },
  "group-asks": { fields: { asks: isYesOrNo } },
  "group-offer": { fields: { conversation: isId, title: isTitle, store: isStore, members: isCount } },
  "group-offer-answer": { fields: { conversation: isId, accepts: isYesOrNo } },
  "group-offer-ended": { fields: { conversation: isId } },
  "group-invitation": {
    fields: {
      conversation: isId,
      store: isStore,
      feed: isFeed,
      welcome: isPointer,
      tree: isPointer,
      roster: isPointer,
    },
  },
  "group-rejoin": { fields: { conversation: isId, place: orNull(isPlace), keyPackage: isKeyPackage } },
  "group-rejoin-answer": {
    fields: {
      conversation: isId,
      standing: isStanding,
      place: orNull(isPlace),
      leaf: bytesUpTo(MAX_LEAF_KEY_BYTES),
    },
    optional: { device: bytesOf(DEVICE_ID_BYTES), asker: bytesOf(DEVICE_ID_BYTES) },
    agree: isOfLeaf,
  },
  "group-rejoin-refused": { fields: { conversation: isId }, optional: { asker: bytesOf(DEVICE_ID_BYTES) } },
  "group-state": {
    fields: { conversation: isId, group: isId, epochs: isRisingMarks },
    optional: { since: isUint },
    agree: isSince,
  },
  "group-leave": { fields: { signature: bytesOf(64) } },
  "group-left": {
    fields: {
      conversation: isId,
      group: isId,
      leaf: bytesUpTo(MAX_LEAF_KEY_BYTES),
      signature: bytesOf(64),
    },
  },
  "texts-wanted": { fields: { conversation: isId } },
  "group-card": { fields: { card: isPointer } },
  "group-refound": { fields: { without: listOf(bytesOf(PROFILE_ID_BYTES), MAX_WITHOUT) } },
  "group-package": { fields: { keyPackage: isKeyPackage } },
};

/**
 * The control message that says it: name, and canonical CBOR. Throws RangeError on what
 * `parseGroupControl` would refuse.
 */
export function encodeGroupControl(control: GroupControl): { kind: "control"; name: string; body: Bytes } {
  const { name, ...fields } = control;
  const body = encodeCbor({ v: 1, ...fields });
  if (!parseGroupControl(name, body).ok) throw new RangeError("not a control of groups");
  return { kind: "control", name, body };
}

/** What a control message says; `control_unknown`: its name is not one of ours. */
export function parseGroupControl(
  name: string,
  body: Bytes,
): Result<GroupControl, "control_unknown" | "control_malformed"> {
  if (!isName(name)) return err("control_unknown");
  const control: { fields: Shape; optional?: Shape; agree?(fields: object): boolean } = CONTROLS[name];
  const decoded = decodeCbor(body, MAX_CONTROL_BYTES);
  const isThere = (field: string): boolean => decoded instanceof Map && decoded.has(field);
  const optional = Object.entries(control.optional ?? {}).filter(([field]) => isThere(field));
  const fields = shapedFrom(decoded, { v: exactly(1), ...control.fields, ...Object.fromEntries(optional) });
  if (fields === undefined || control.agree?.(fields) === false) return err("control_malformed");
  const { v: _, ...said } = fields;
  const plain = Object.entries(said).map(([field, value]) => [field, unmapped(value)]);
  return ok({ name, ...Object.fromEntries(plain) } as GroupControl);
}

const isName = (name: string): name is GroupControl["name"] => Object.hasOwn(CONTROLS, name);

/**
 * A device that was there with the first epoch listed gives no `since`: each statement has one
 * encoding.
 */
function isSince(fields: object): boolean {
  const { since, epochs } = fields as { since?: number; epochs: readonly ReadonlyMap<string, number>[] };
  const first = epochs[0]?.get("epoch");
  return since === undefined || (first !== undefined && first < since);
}

/** A device is named with its leaf, and not without one. */
function isOfLeaf(fields: object): boolean {
  const { device, leaf } = fields as { device?: Bytes; leaf: Bytes };
  return device === undefined || leaf.length > 0;
}

function isStanding(value: unknown): value is unknown {
  return isUint(value) && value <= 2;
}

function isYesOrNo(value: unknown): value is unknown {
  return isUint(value) && value <= 1;
}

function isTitle(value: unknown): value is unknown {
  return textUpTo(2 * MAX_NAME_CHARS)(value) && isGroupName(value);
}

/** Somebody is in it: who asks. */
function isCount(value: unknown): value is unknown {
  return isUint(value) && value >= 1 && value <= MAX_MEMBERS;
}

function isPlace(value: unknown): value is unknown {
  return shapedFrom(value, { group: isId, epoch: isUint, mark: bytesOf(EPOCH_MARK_BYTES) }) !== undefined;
}
