import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PLI = join(import.meta.dirname, "../../apps/cli/bin/pli.mjs");

/** What has not come by then does not come: the test says what it waited for. */
const PATIENCE_MS = 120_000;

export type PliEvent = { event: string } & Record<string, unknown>;

/** A running `pli … --json`: its events as they come, its input, its end. */
export interface PliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly events: PliEvent[];
  /**
   * The next event of this kind that was not given before; rejects if none comes in two minutes.
   */
  next(event: string, where?: (event: PliEvent) => boolean): Promise<PliEvent>;
  type(line: string): void;
  /** Resolves with the exit code once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Without a store: the one that the home remembers. */
export function startPli(home: string, store: string | undefined, ...args: string[]): PliProcess {
  const told = store === undefined ? [] : ["--store", store];
  const child = spawn(process.execPath, [PLI, "--home", home, ...told, "--json", ...args], { stdio: "pipe" });
  const events: PliEvent[] = [];
  const given = new Set<PliEvent>();
  const waiting = new Set<() => void>();
  let errors = "";
  let over = false;
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    events.push(JSON.parse(line) as PliEvent);
    for (const look of waiting) look();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      over = true;
      for (const look of waiting) look();
      resolve(code);
    });
  });

  function next(event: string, where: (event: PliEvent) => boolean = () => true): Promise<PliEvent> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(
          (candidate) => !given.has(candidate) && candidate.event === event && where(candidate),
        );
        if (found === undefined && !over) return;
        finish();
        if (found === undefined) return fail(`ended without "${event}": ${errors}`);
        given.add(found);
        resolve(found);
      };
      const timer = setTimeout(() => {
        finish();
        fail(`said no "${event}" in ${PATIENCE_MS} ms, but ${JSON.stringify(events)}`);
      }, PATIENCE_MS);
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const fail = (why: string): void => reject(new Error(`pli ${args.join(" ")} ${why}`));
      waiting.add(look);
      look();
    });
  }

  return { child, events, next, type: (line) => void child.stdin.write(`${line}\n`), ended };
}

/** Runs a command to its end and gives its events; throws when it fails, or has no end. */
export async function runPli(home: string, store: string | undefined, ...args: string[]): Promise<PliEvent[]> {
  const pli = startPli(home, store, ...args);
  pli.child.stdin.end();
  const timer = setTimeout(() => pli.child.kill("SIGKILL"), PATIENCE_MS);
  const code = await pli.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`pli ${args.join(" ")} ended with ${code}: ${JSON.stringify(pli.events)}`);
  return pli.events;
}

/**
 * Two homes pair by `pli invite` and `pli accept`, each typing what the other says; without a
 * store, at those they remember.
 */
export async function pairHomes(store: string | undefined, inviter: string, responder: string): Promise<void> {
  const invite = startPli(inviter, store, "invite");
  const link = String((await invite.next("link"))["link"]);
  const accept = startPli(responder, store, "accept", link);
  const [a, b] = await Promise.all([invite.next("code"), accept.next("code")]);
  invite.type(String(b["say"]));
  accept.type(String(a["say"]));
  await Promise.all([invite.next("paired"), accept.next("paired")]);
  await Promise.all([invite.ended, accept.ended]);
}
