/**
 * The profiles of one folder. The first stands in the folder itself, each other one in a folder of
 * its own below `profiles`, a home like any other: own key, own database, own lock. The file
 * `profiles.json` has what people call them, in the clear, and which one commands use.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import { DatabaseError } from "@pli/engine/ports";
import { parseName } from "@pli/protocol/identity";
import { eraseHome, isErasing } from "./erase.ts";
import { homeStatus, type HomeStatus } from "./home-files.ts";
import { takeLock } from "./lock.ts";
import { prepareHome } from "./private-folder.ts";
import { writeWhole } from "./whole-file.ts";

export interface LocalProfile {
  readonly id: string;
  /** What the person calls it on this machine; nobody else sees it. */
  readonly label: string | undefined;
  readonly folder: string;
  readonly keyed: Exclude<HomeStatus, "absent">;
  /** Commands use it when no other is named. */
  readonly current: boolean;
}

/** The id of the profile that stands in the folder itself. */
const FIRST = "first";
const LIST_FILE = "profiles.json";
const FOLDER = "profiles";
const MOST = 64;
const ID = /^[0-9a-f]{8}$/u;

interface Kept {
  readonly current: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** Every profile of a folder that can be opened, the first one first. */
export function listProfiles(root: string): LocalProfile[] {
  const { current, labels } = readKept(root);
  const found = [FIRST, ...idsIn(root)].flatMap((id) => {
    const folder = folderOf(root, id);
    const keyed = homeStatus(folder);
    return keyed === "absent" ? [] : [{ id, label: labels.get(id), folder, keyed }];
  });
  const used = found.find(({ id }) => id === current) ?? found[0];
  return found.map((profile) => ({ ...profile, current: profile === used }));
}

/**
 * The profile that a query means: an id or its beginning, or a label. Without a query the current
 * one, or undefined where there is none yet. Throws `profile_unknown`.
 */
export function findProfile(root: string, query: string | undefined): LocalProfile | undefined {
  const all = listProfiles(root);
  if (query === undefined) return all.find(({ current }) => current);
  const exact = all.filter(({ id, label }) => id === query || label === query);
  const near = all.filter(({ id, label }) => id.startsWith(query) || isLabel(label, query));
  const [one, ...others] = exact.length > 0 ? exact : near;
  if (one === undefined || others.length > 0) throw new PliError("profile_unknown");
  return one;
}

const isLabel = (label: string | undefined, query: string): boolean =>
  label?.toLocaleLowerCase() === query.toLocaleLowerCase();

/**
 * A folder for one more profile, under this label, with nothing in it yet: it counts as a profile
 * once `openHome` has made its key. The same folder again where that was interrupted. Rejects with
 * `name_…`, and with `profile_exists` where a profile has the label.
 */
export async function addProfile(root: string, label: string): Promise<{ id: string; folder: string }> {
  const home = prepareHome(root, true);
  return alone(home, async () => {
    const name = freeLabel(home, label);
    const ids = idsIn(home);
    const begun = ids.find((one) => readKept(home).labels.get(one) === name);
    if (begun !== undefined) return { id: begun, folder: folderOf(home, begun) };
    if (ids.length >= MOST) throw new PliError("profile_exists");
    const id = randomBytes(4).toString("hex");
    const folder = folderOf(home, id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await change(home, ({ current, labels }) => ({ current, labels: new Map(labels).set(id, name) }));
    return { id, folder };
  });
}

/** Commands use this profile from now on. Rejects with `profile_unknown`. */
export function switchProfile(root: string, query: string): Promise<LocalProfile> {
  return onOne(root, query, async ({ id }) => change(root, ({ labels }) => ({ current: id, labels })));
}

/** Gives a profile another label. Rejects as `addProfile` does, and with `profile_unknown`. */
export function relabelProfile(root: string, query: string, label: string): Promise<LocalProfile> {
  return onOne(root, query, async ({ id }) => {
    const name = freeLabel(root, label, id);
    await change(root, ({ current, labels }) => ({ current, labels: new Map(labels).set(id, name) }));
  });
}

/**
 * Erases a profile from this machine, its keys first. Rejects with `profile_unknown`, and with
 * `database_locked` while a process runs on it.
 */
export async function removeProfile(root: string, query: string): Promise<LocalProfile> {
  const home = prepareHome(root, false);
  return alone(home, async () => {
    const profile = findProfile(home, query);
    if (profile === undefined) throw new PliError("profile_unknown");
    await eraseHome(profile.folder);
    await change(home, ({ current, labels }) => {
      const left = new Map(labels);
      left.delete(profile.id);
      return { current: current === profile.id ? FIRST : current, labels: left };
    });
    return profile;
  });
}

async function onOne(
  root: string,
  query: string,
  work: (profile: LocalProfile) => Promise<void>,
): Promise<LocalProfile> {
  const home = prepareHome(root, false);
  return alone(home, async () => {
    const found = findProfile(home, query);
    if (found === undefined) throw new PliError("profile_unknown");
    await work(found);
    return listProfiles(home).find(({ id }) => id === found.id) ?? found;
  });
}

/** One process at a time changes the list. Finishes erasures that were interrupted. */
async function alone<T>(root: string, work: () => Promise<T>): Promise<T> {
  const lock = takeLock(join(root, "profiles.lock"));
  if (lock === undefined) throw new DatabaseError("database_locked");
  try {
    if (lock.readOnly) throw new DatabaseError("disk_read_only");
    for (const id of [FIRST, ...idsIn(root)]) if (isErasing(folderOf(root, id))) await eraseHome(folderOf(root, id));
    return await work();
  } finally {
    lock.release();
  }
}

function freeLabel(root: string, label: string, own?: string): string {
  const name = parseName(label);
  if (!name.ok) throw new PliError(name.error);
  const isTaken = listProfiles(root).some((one) => one.id !== own && isLabel(one.label, name.value));
  if (isTaken) throw new PliError("profile_exists");
  return name.value;
}

const folderOf = (root: string, id: string): string => (id === FIRST ? root : join(root, FOLDER, id));

function idsIn(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => ID.test(name))
    .toSorted();
}

async function change(root: string, next: (kept: Kept) => Kept): Promise<void> {
  const { current, labels } = next(readKept(root));
  const ids = new Set([FIRST, ...idsIn(root)]);
  const profiles = [...labels].filter(([id]) => ids.has(id)).map(([id, label]) => ({ id, label }));
  await writeWhole(root, LIST_FILE, `${JSON.stringify({ v: 1, current, profiles })}\n`);
}

/**
 * Folders say which profiles there are: of a list that nobody can read only the labels are lost.
 */
function readKept(root: string): Kept {
  try {
    const { current, profiles } = JSON.parse(readFileSync(join(root, LIST_FILE), "utf8")) as Record<string, unknown>;
    const listed = Array.isArray(profiles) ? profiles.slice(0, MOST + 1).flatMap(labelFrom) : [];
    return { current: typeof current === "string" ? current : FIRST, labels: new Map(listed) };
  } catch {
    return { current: FIRST, labels: new Map() };
  }
}

function labelFrom(entry: unknown): [id: string, label: string][] {
  const { id, label } = Object(entry) as { id?: unknown; label?: unknown };
  const isId = typeof id === "string" && (id === FIRST || ID.test(id));
  const name = typeof label === "string" ? parseName(label) : undefined;
  return isId && name?.ok === true ? [[id, name.value]] : [];
}
