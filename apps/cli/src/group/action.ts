import type { NewcomersRead, Role, WhoAdds, WhoWrites } from "@pli/engine/api";

/** What `pli group …` can be asked, names still as they were typed. */
export type GroupAction =
  | { what: "list" }
  | { what: "create"; name: string; contacts: readonly string[]; description: string | undefined }
  | { what: "show"; group: string }
  | { what: "add"; group: string; contacts: readonly string[] }
  | { what: "remove"; group: string; members: readonly string[] }
  | { what: "leave"; group: string; successor: string | undefined }
  | { what: "rename"; group: string; to: string }
  | { what: "describe"; group: string; text: string }
  | { what: "role"; group: string; member: string; role: Role }
  | { what: "rules"; group: string; rules: WantedRules }
  | { what: "picture"; group: string; file: string | undefined }
  | { what: "keys"; group: string }
  | { what: "refound"; group: string; without: readonly string[] }
  | { what: "cancel"; group: string; change: string }
  | { what: "delete"; group: string }
  | { what: "questions" }
  | { what: "accept"; question: string }
  | { what: "decline"; question: string }
  /** Whether contacts ask before they add; undefined: what is so now. */
  | { what: "asking"; on: boolean | undefined };

export interface WantedRules {
  whoAdds?: WhoAdds;
  whoWrites?: WhoWrites;
  timer?: number;
  newcomersRead?: NewcomersRead;
}

export const GROUP_ACTIONS = [
  "list",
  "create",
  "show",
  "add",
  "remove",
  "leave",
  "rename",
  "describe",
  "role",
  "rules",
  "picture",
  "keys",
  "refound",
  "cancel",
  "delete",
  "questions",
  "accept",
  "decline",
  "asking",
] as const satisfies readonly GroupAction["what"][];
