import type { NewcomersRead, Role, WhoAdds, WhoWrites } from "../../api/api.ts";
import type { Unit } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Since } from "./marks.ts";

/** Where a picture stands in the store, and its SHA-256; hexadecimal. */
export interface PicturePlace {
  readonly seed: string;
  readonly length: number;
  readonly hash: string;
}

/** New values for some of a group's rules; `picture: null` removes it. */
export interface RulesEdit {
  readonly name?: string;
  readonly description?: string;
  readonly picture?: PicturePlace | null;
  readonly whoAdds?: WhoAdds;
  readonly whoWrites?: WhoWrites;
  readonly timer?: number;
  readonly newcomersRead?: NewcomersRead;
}

/** What is wanted changed in a group. Profiles are ids in hexadecimal. */
export type Wish =
  | { readonly kind: "add"; readonly profiles: readonly string[] }
  | { readonly kind: "remove"; readonly profiles: readonly string[] }
  | { readonly kind: "role"; readonly profile: string; readonly role: Role }
  | { readonly kind: "rules"; readonly edit: RulesEdit }
  | { readonly kind: "keys" }
  /** This person goes; a successor becomes owner first. */
  | { readonly kind: "leave"; readonly successor?: string }
  /** Somebody has left: their leaf goes, by their own signed word. */
  | { readonly kind: "left"; readonly leaf: number; readonly profile: string; readonly signature: string }
  /**
   * This person founds the group again, which nobody can change or come back to. Until that is done
   * nothing else can be. `gone`: who says that they have left it.
   */
  | { readonly kind: "refound"; readonly without: readonly string[]; readonly gone?: readonly string[] }
  /** Somebody of the old group comes over into the one founded again, with the role they had. */
  | { readonly kind: "bring"; readonly profile: string; readonly role: Role; readonly keyPackage: string }
  /**
   * A member's device that cannot go on comes back with a new key package in place of its old leaf.
   */
  | {
      readonly kind: "replace";
      readonly profile: string;
      readonly device: string;
      readonly keyPackage: string;
      /**
       * The encryption key of the leaf whose place it takes, hexadecimal: once that is gone, so is
       * the wish.
       */
      readonly replaces?: string;
      /** Behind which message here the device can have missed some. */
      readonly since?: Since;
    }
  /**
   * All chains begin again, unless another commit has ended this epoch of this MLS group meanwhile.
   */
  | { readonly kind: "fresh"; readonly group: string; readonly epoch: number };

/**
 * A wish as it waits in the queue of its group, until it is in effect or makes no sense any more.
 */
export interface Intention {
  readonly id: number;
  readonly conversation: string;
  readonly wish: Wish;
  readonly createdAt: number;
  /** Not before this moment: what many may do, the others leave to the first for a while. */
  readonly dueAt: number;
}

export async function insertIntention(
  unit: Unit,
  p: { conversation: string; wish: Wish; createdAt: number; dueAt?: number },
): Promise<number> {
  const { conversation, wish, createdAt, dueAt = createdAt } = p;
  const [row] = await unit.sql.all(
    "INSERT INTO intentions (conversation, kind, body, created_at, due_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
    [conversation, wish.kind, JSON.stringify(wish), createdAt, dueAt],
  );
  unit.changed("conversations");
  return numberIn(row ?? {}, "id");
}

/** All that is wanted of a group, oldest first. */
export async function listIntentions(unit: Unit, conversation: string): Promise<Intention[]> {
  const rows = await unit.sql.all("SELECT * FROM intentions WHERE conversation = ? ORDER BY id", [conversation]);
  return rows.map(intentionFromRow);
}

/** Those who said that they leave and are not out yet. */
export async function leaversIn(unit: Unit, conversation: string): Promise<ReadonlySet<string>> {
  const wishes = (await listIntentions(unit, conversation)).map(({ wish }) => wish);
  return new Set(wishes.flatMap((wish) => (wish.kind === "left" ? [wish.profile] : [])));
}

/** A wish of which a part has been done: what is left of it. */
export async function replaceWish(unit: Unit, id: number, wish: Wish): Promise<void> {
  await unit.sql.run("UPDATE intentions SET body = ? WHERE id = ?", [JSON.stringify(wish), id]);
  unit.changed("conversations");
}

export async function deleteIntention(unit: Unit, id: number): Promise<void> {
  await unit.sql.run("DELETE FROM intentions WHERE id = ?", [id]);
  unit.changed("conversations");
}

export async function deleteIntentionsOf(unit: Unit, conversation: string): Promise<void> {
  await unit.sql.run("DELETE FROM intentions WHERE conversation = ?", [conversation]);
  unit.changed("conversations");
}

function intentionFromRow(row: SqlRow): Intention {
  return {
    id: numberIn(row, "id"),
    conversation: textIn(row, "conversation"),
    wish: wishFrom(textIn(row, "body")),
    createdAt: numberIn(row, "created_at"),
    dueAt: numberIn(row, "due_at"),
  };
}

function wishFrom(json: string): Wish {
  try {
    return JSON.parse(json) as Wish;
  } catch {
    return damaged("intention");
  }
}
