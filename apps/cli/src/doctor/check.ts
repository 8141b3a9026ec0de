/** One thing that `pli doctor` has looked at. */
export type CheckName =
  | "store"
  | "clock"
  | "versions"
  | "home"
  | "storage"
  | "profile"
  | "connection"
  | "conversations"
  | "messages";

export interface Check {
  name: CheckName;
  state: "ok" | "warn" | "fail";
  text: string;
  advice?: string | undefined;
  code?: string;
  /** The figures behind the sentence, for scripts. */
  details?: Record<string, unknown>;
}
