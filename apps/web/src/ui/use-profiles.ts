import { useSyncExternalStore } from "react";
import { useWords } from "./language.tsx";
import { localProfiles, ownProfile, watchProfiles, type LocalProfile } from "./profiles.ts";

interface Profiles {
  all: readonly (LocalProfile & { label: string })[];
  /** The id of the one that this tab shows. */
  own: string;
  /** What the person calls it. */
  label: string;
  isOnly: boolean;
}

/** The profiles of this browser, each with a label. */
export function useProfiles(): Profiles {
  const words = useWords();
  const list = useSyncExternalStore(watchProfiles, localProfiles);
  const all = list.map(({ id, label = words.profiles.first }) => ({ id, label }));
  const own = ownProfile();
  const label = all.find(({ id }) => id === own)?.label ?? words.profiles.first;
  return { all, own, label, isOnly: all.length < 2 };
}
