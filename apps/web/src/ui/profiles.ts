/**
 * The profiles of this browser, and which one a tab shows. Each tab shows one, and keeps to it when
 * it is loaded again; a new tab begins with the one that was chosen last. Labels stand in the
 * clear: they must be readable before anything is unlocked.
 */
import { keptChanges, keptText } from "./kept.ts";

export interface LocalProfile {
  readonly id: string;
  /** Undefined for the first one until it is given one. */
  readonly label?: string;
}

export const FIRST = "first";
const KEY = "pli.profiles";
const ID = /^[0-9a-f]{8}$/u;
const MOST = 64;
export const MAX_LABEL = 64;

interface Kept {
  profiles: readonly LocalProfile[];
  /** The one that was chosen last, in any tab. */
  last: string;
}

const kept = keptText(() => localStorage, KEY);
const keptHere = keptText(() => sessionStorage, "pli.profile");
const NONE: Kept = { profiles: [{ id: FIRST }], last: FIRST };

/** The list from whatever text was stored. There is always one profile at least. */
export function parseProfiles(text: string | null): Kept {
  let stored: { profiles?: unknown; last?: unknown } = {};
  try {
    stored = Object(JSON.parse(text ?? "{}")) as typeof stored;
  } catch {
    return NONE;
  }
  const listed = Array.isArray(stored.profiles) ? stored.profiles.slice(0, MOST).flatMap(profileFrom) : [];
  const profiles = listed.filter(({ id }, at) => listed.findIndex((one) => one.id === id) === at);
  if (profiles.length === 0) return NONE;
  return { profiles, last: typeof stored.last === "string" ? stored.last : FIRST };
}

function profileFrom(value: unknown): LocalProfile[] {
  const { id, label } = Object(value) as { id?: unknown; label?: unknown };
  if (typeof id !== "string" || (id !== FIRST && !ID.test(id))) return [];
  return [typeof label === "string" && label !== "" ? { id, label: label.slice(0, MAX_LABEL) } : { id }];
}

let list: readonly LocalProfile[] | undefined;
let own: string | undefined;
const changes = keptChanges(KEY, () => (list = undefined));

export function localProfiles(): readonly LocalProfile[] {
  list ??= parseProfiles(kept.read()).profiles;
  return list;
}

/** The profile that this tab shows, the same for as long as its page lives. */
export function ownProfile(): string {
  if (own === undefined) {
    own = [keptHere.read(), parseProfiles(kept.read()).last].find(isKnown) ?? localProfiles()[0]?.id ?? FIRST;
    keepHere(own);
  }
  return own;
}

/** Nothing is written about profiles where there is only one. */
function keepHere(id: string): void {
  if (localProfiles().length > 1) keptHere.write(id);
}

const isKnown = (id: string | null): id is string => localProfiles().some((one) => one.id === id);

function write(profiles: readonly LocalProfile[], last: string): void {
  list = profiles;
  kept.write(JSON.stringify({ profiles, last } satisfies Kept));
  changes.tell();
}

/**
 * Shows a profile in this tab. The page is loaded again, so that nothing of one profile is in
 * memory beside the other.
 */
export function openProfile(id: string, path = "/"): void {
  if (!isKnown(id)) return;
  write(localProfiles(), id);
  // After those who hear of the list, and keep what this tab shows until now.
  keptHere.write(id);
  location.assign(path);
}

/** One more profile, which this tab shows from now on. */
export function addProfile(label: string): void {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  write([...localProfiles(), { id, label }], id);
  openProfile(id);
}

export function relabelProfile(id: string, label: string): void {
  const { last } = parseProfiles(kept.read());
  write(
    localProfiles().map((one) => (one.id === id ? { id, label } : one)),
    last,
  );
}

/**
 * After this tab's profile was erased for good, here or in another tab: shows another one, or a
 * new first one.
 */
export function leaveErased(): void {
  const others = localProfiles().filter(({ id }) => id !== ownProfile());
  const left = others.length > 0 ? others : NONE.profiles;
  const next = left[0]?.id ?? FIRST;
  write(left, next);
  openProfile(next);
  if (left.length < 2) keptHere.remove();
}

/** Calls the listener when the list changes, here or in another tab. */
export const watchProfiles = changes.watch;

/**
 * Begins a page: shows what a notification has asked for behind `#profile=`, and leaves a profile
 * that another tab erases.
 */
export function beginProfile(): string {
  const asked = /^#profile=([0-9a-f]{8}|first)$/u.exec(location.hash)?.[1];
  if (asked !== undefined) {
    history.replaceState(history.state, "", location.pathname + location.search);
    if (isKnown(asked)) keptHere.write(asked);
  }
  const id = ownProfile();
  watchProfiles(() => {
    if (isKnown(id)) return keepHere(id);
    keptHere.remove();
    location.assign("/");
  });
  return id;
}
