import type { HostState } from "@pli/engine-web";
import { useWords } from "../language.tsx";

export function LockScreen({ lock }: { lock: HostState["lock"] }) {
  const words = useWords();
  return <main data-lock={lock}>{words.lock.screenTitle}</main>;
}
