import { fromHex, toHex } from "../crypto/index.ts";
import { MAX_MEMBERS, MAX_RULES_BYTES } from "../conversation/group.ts";
import { MAX_NAME_CHARS } from "../identity/index.ts";
import {
  bytesOf,
  encodeCbor,
  exactly,
  isUint,
  oneOf,
  orNull,
  parseMap,
  shapedFrom,
  textUpTo,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { MAX_DESCRIPTION_CHARS, isDescription, isGroupName } from "./text.ts";

export const ROLES = ["owner", "admin", "member", "reader"] as const;
export type Role = (typeof ROLES)[number];

/** An object with a JPEG, PNG or WebP of at most `MAX_PICTURE_BYTES`, and its SHA-256. */
export type Picture = { readonly seed: Uint8Array; readonly length: number; readonly hash: Uint8Array };

/**
 * What every member holds a group to. Profiles are named by the hexadecimal form of their ids.
 * Section 5.
 */
export type Rules = {
  /** 32 bytes: the conversation, for all its members and through every successor group. */
  readonly conversation: Uint8Array;
  readonly name: string;
  /** May be empty. */
  readonly description: string;
  readonly picture?: Picture;
  /** Those who are in the group and are not plain members. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly whoAdds: "admins" | "members";
  readonly whoWrites: "everyone" | "admins";
  /** Seconds until messages disappear; 0: they stay. */
  readonly timer: number;
  readonly newcomersRead: "nothing" | "week";
};

export const CONVERSATION_ID_BYTES = 32;
export const PROFILE_ID_BYTES = 32;
export const MAX_PICTURE_BYTES = 65_536;
/** A year, in seconds. */
export const MAX_TIMER_SECONDS = 365 * 24 * 3600;

const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> => value instanceof Map;
const isProfileId = bytesOf(PROFILE_ID_BYTES);
export const isRole = oneOf(...ROLES);
const PICTURE_SHAPE = { seed: bytesOf(32), length: isUint, hash: bytesOf(32) } as const;
const SHAPE = {
  v: exactly(1),
  conversation: bytesOf(CONVERSATION_ID_BYTES),
  name: textUpTo(2 * MAX_NAME_CHARS),
  description: textUpTo(2 * MAX_DESCRIPTION_CHARS),
  picture: orNull(isMap),
  roles: isMap,
  whoAdds: oneOf("admins", "members"),
  whoWrites: oneOf("everyone", "admins"),
  timer: isUint,
  newcomersRead: oneOf("nothing", "week"),
} as const;

/**
 * Canonical CBOR, at most `MAX_RULES_BYTES`. Throws RangeError on rules that `parseRules` would
 * refuse.
 */
export function encodeRules({ picture, roles, ...rules }: Rules): Uint8Array {
  const ids = new Map(Array.from(roles, ([profile, role]) => [idFrom(profile), role] as const));
  const bytes = encodeCbor({ v: 1, ...rules, picture: picture ?? null, roles: ids });
  if (!parseRules(bytes).ok) throw new RangeError("not rules");
  return bytes;
}

/** Rules within their bounds. Whether they fit the members of a group, `rosterProblem` says. */
export function parseRules(bytes: Uint8Array): Result<Rules, "rules_malformed"> {
  const fields = parseMap(bytes, MAX_RULES_BYTES, SHAPE);
  const picture = fields?.picture === null ? undefined : pictureFrom(fields?.picture);
  const roles = rolesFrom(fields?.roles);
  if (fields === undefined || roles === undefined || (picture === undefined && fields.picture !== null))
    return err("rules_malformed");
  const { conversation, name, description, whoAdds, whoWrites, timer, newcomersRead } = fields;
  if (!isGroupName(name) || !isDescription(description) || timer > MAX_TIMER_SECONDS) return err("rules_malformed");
  const rules = { conversation, name, description, roles, whoAdds, whoWrites, timer, newcomersRead };
  return ok(picture === undefined ? rules : { ...rules, picture });
}

function pictureFrom(value: unknown): Picture | undefined {
  const picture = shapedFrom(value, PICTURE_SHAPE);
  return picture !== undefined && picture.length > 0 && picture.length <= MAX_PICTURE_BYTES ? picture : undefined;
}

/** Undefined for an id given twice, and for the role that everybody has who is not named. */
function rolesFrom(value: ReadonlyMap<unknown, unknown> | undefined): ReadonlyMap<string, Role> | undefined {
  const roles = new Map<string, Role>();
  if (value === undefined || value.size > MAX_MEMBERS) return undefined;
  for (const [id, role] of value) {
    if (!isProfileId(id) || !isRole(role) || role === "member") return undefined;
    roles.set(toHex(id), role);
  }
  return roles.size === value.size ? roles : undefined;
}

function idFrom(profile: string): Uint8Array {
  const id = fromHex(profile);
  if (id?.length !== PROFILE_ID_BYTES) throw new RangeError("not a profile id");
  return id;
}
