/**
 * Until version 9 what a device knew of forks, of re-joining and of leaving stood in `meta`, as
 * JSON. Reducers continue from it in `reducer_states`. A row from which no reducer could continue
 * is dropped: a group repairs itself without it, and the database opens.
 */
import { doubtCodec, firstJoinCodec, forkCodec, leaveCodec, rejoinCodec, successorCodec } from "@pli/protocol/group";
import type {
  DoubtState,
  FirstJoinState,
  ForkState,
  LeaveState,
  RejoinState,
  StateCodec,
  SuccessorState,
} from "@pli/protocol/group";
import type { Sql } from "../../ports.ts";

/** As much of each list as the reducer of forks remembers. */
const REMEMBERED = 64;
/** A wait that is over: what was to be done when the device stopped is done at the start. */
const OVER = { since: 0, wait: 0 };

const last = <T>(all: readonly T[] = []): readonly T[] => all.slice(-REMEMBERED);

/** Behind which message an epoch began, or somebody came. Version 3 did not say; `own`: since 5. */
type Since = { readonly epoch: number; readonly after?: number; readonly own?: number };

/** Version 3 had only names in `voices`. Until version 8 an operation was a `wish`. */
type Branch = Partial<Omit<ForkState, "begun" | "came" | "done" | "rival" | "voices">> & {
  readonly group: string;
  /** The newest epoch that others had heard of. */
  readonly told?: number;
  readonly voices?: readonly (ForkState["voices"][number] | string)[];
  readonly begun?: readonly Since[];
  readonly came?: readonly (Since & { readonly profile: string })[];
  readonly done?: readonly { readonly epoch: number; readonly operation?: object; readonly wish?: object }[];
  readonly rival?: { readonly epoch: number; readonly isLower: boolean; readonly from?: number };
};

function forkFrom(branch: Branch): ForkState {
  const { group, joinedAt = 0, marks = [], told = -1, answered = [], rival, yields } = branch;
  const owed = owedIn(branch);
  return {
    group,
    joinedAt,
    marks,
    answered,
    forks: last(branch.forks),
    voices: last(branch.voices).filter((voice) => typeof voice !== "string"),
    peers: last(branch.peers),
    authors: last(branch.authors),
    behind: last(branch.behind),
    passedOver: last(branch.passedOver),
    refused: last(branch.refused).map(({ beside, ...one }) => ({ ...one, ...(beside && { beside: last(beside) }) })),
    begun: last(branch.begun).flatMap(sinceFrom),
    came: last(branch.came).flatMap(({ profile, ...since }) =>
      sinceFrom(since).map((known) => ({ profile, ...known })),
    ),
    done: last(branch.done).map(({ epoch, operation, wish = operation }) => ({
      epoch,
      operation: JSON.stringify(wish),
    })),
    replaced: last(branch.replaced).map(({ profile, epoch }) => ({ profile, epoch })),
    whom: [],
    checks: [],
    ...(rival && { rival: { ...rival, from: rival.from ?? rival.epoch } }),
    ...(yields !== undefined && { yields }),
    ...(owed !== undefined && { owed, repay: OVER }),
    ...(told < (marks.at(-1)?.[0] ?? -1) && { tell: OVER }),
  };
}

/** Own messages that still waited then are of the time that began. */
function sinceFrom({ epoch, after, own = after }: Since): Required<Since>[] {
  return after === undefined || own === undefined ? [] : [{ epoch, after, own }];
}

/** Until version 4 it was a time of day, and of the minute before the device stopped. */
function owedIn({ begun = [], owed }: Branch): number | undefined {
  return begun.every(({ own }) => own !== undefined) ? owed : undefined;
}

/** Version 4 did not say since when somebody answers the same. */
type Looking = Omit<RejoinState, "answers"> & {
  readonly answers: Readonly<
    Record<string, Omit<RejoinState["answers"][string], "first"> & { readonly first?: number }>
  >;
};
/** Versions 2 and 3 knew only whom they had asked. */
type Asking = {
  readonly who: readonly string[];
  readonly ever?: readonly string[];
  readonly at: number;
  readonly since?: number;
};

function rejoinFrom(row: Looking | Asking): RejoinState {
  if ("who" in row) {
    const { who, ever = who, at, since = at } = row;
    const asked = Object.fromEntries(ever.map((one) => [one, { times: 1, at, given: 0 }]));
    return { cause: "lost", since, asked, answers: {} };
  }
  const answers = Object.entries(row.answers).map(([who, said]) => [who, { ...said, first: said.first ?? said.at }]);
  return { ...row, answers: Object.fromEntries(answers) as RejoinState["answers"] };
}

/** Version 4 did not say who else was in the group. */
type Doubt = Omit<DoubtState, "others"> & Partial<Pick<DoubtState, "others">>;

const doubtFrom = ({ others = [], ...doubt }: Doubt): DoubtState => ({ ...doubt, others });

const leaveFrom = (leftAt: number): LeaveState => ({ leftAt, waiting: [] });

/** Version 4 asked once; `told`: it had consented. */
type Waiting = { readonly at: number; readonly times?: number; readonly consented?: number; readonly told?: true };

function firstJoinFrom({ at, times = 1, told, consented = told && times }: Waiting): FirstJoinState {
  return { since: at, times, askedAt: at, ...(consented !== undefined && { consented }) };
}

/** The rows `heard`, `suspects` and `refound` of one group. */
type Successor = Partial<Omit<SuccessorState, "open">> & { readonly refound?: SuccessorState["open"] };

function successorFrom({ calls = {}, without = [], leftOutBy = [], ...known }: Successor): SuccessorState {
  const { founder, refound, suspects } = known;
  return {
    calls,
    without,
    leftOutBy,
    ...(founder !== undefined && { founder }),
    ...(suspects && { suspects }),
    ...(refound && { open: refound }),
  };
}

export async function convertKeptStates(sql: Sql): Promise<void> {
  await convert(sql, "branch", "fork", forkCodec, (row) => forkFrom(row as Branch));
  await convert(sql, "rejoin", "rejoin", rejoinCodec, (row) => rejoinFrom(row as Looking | Asking));
  await convert(sql, "doubt", "doubt", doubtCodec, (row) => doubtFrom(row as Doubt));
  await convert(sql, "first", "first-join", firstJoinCodec, (row) => firstJoinFrom(row as Waiting));
  await dropIfBack(sql);
  await convert(sql, "left", "leave", leaveCodec, (row) => leaveFrom(row as number));
  for (const [id, row] of await takeSuccessors(sql))
    await save(sql, "successor", id, successorCodec, () => successorFrom(row));
}

/** The rows under a name become states of a reducer, under the same ids. */
async function convert<State>(
  sql: Sql,
  name: string,
  reducer: string,
  codec: StateCodec<State>,
  stateFrom: (row: unknown) => State,
): Promise<void> {
  for (const { id, row } of await take(sql, name)) await save(sql, reducer, id, codec, () => stateFrom(row));
}

/** The rows under a name, which are gone from `meta` then. */
async function take(sql: Sql, name: string): Promise<{ id: string; row: unknown }[]> {
  const rows = await sql.all("SELECT key, value FROM meta WHERE key LIKE ? ORDER BY key", [`${name} %`]);
  await sql.run("DELETE FROM meta WHERE key LIKE ?", [`${name} %`]);
  return rows.map(({ key, value }) => ({ id: String(key).slice(name.length + 1), row: parsed(String(value)) }));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What a later version has come to know since counts more. */
async function save<State>(
  sql: Sql,
  reducer: string,
  id: string,
  codec: StateCodec<State>,
  stateFrom: () => State,
): Promise<void> {
  const state = encoded(codec, stateFrom);
  if (state !== undefined)
    await sql.run("INSERT OR IGNORE INTO reducer_states (reducer, id, state) VALUES (?, ?, ?)", [reducer, id, state]);
}

function encoded<State>(codec: StateCodec<State>, stateFrom: () => State): Uint8Array | undefined {
  try {
    const bytes = codec.encode(stateFrom());
    return codec.parse(bytes).ok ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Version 10 did not see these rows: who is in a group, and is not about to leave, is back. */
async function dropIfBack(sql: Sql): Promise<void> {
  await sql.run(
    `DELETE FROM meta WHERE key IN (SELECT 'left ' || lower(hex(shared)) FROM conversations c WHERE state <> 'left'
       AND NOT EXISTS (SELECT 1 FROM intentions WHERE conversation = c.id AND kind = 'leave'))`,
  );
}

/** By group. */
async function takeSuccessors(sql: Sql): Promise<Map<string, Successor>> {
  const known = new Map<string, Successor>();
  for (const { id, row } of await take(sql, "heard")) known.set(id, { ...(row as Successor) });
  for (const name of ["suspects", "refound"])
    for (const { id, row } of await take(sql, name)) known.set(id, { ...known.get(id), [name]: row });
  return known;
}
