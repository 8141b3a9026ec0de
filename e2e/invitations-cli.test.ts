import { expect, onTestFinished, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { pairHomes, runPli, startPli, type PliProcess } from "./lib/pli.ts";
import { startStoreProcess, temporaryFolder } from "./lib/store-process.ts";

const LONG = 120_000;

async function store() {
  const started = await startStoreProcess();
  onTestFinished(started.kill);
  return started;
}

async function home(at: string, name: string): Promise<string> {
  const folder = temporaryFolder(name);
  await runPli(folder, at, "init", "--name", name);
  return folder;
}

function running(pli: PliProcess): PliProcess {
  onTestFinished(() => void pli.child.kill("SIGKILL"));
  return pli;
}

test(
  "the command that made an invitation is killed once its link is given out: a later one leads it to its end, in JSON too",
  async () => {
    const { origin } = await store();
    const [alice, bob] = [await home(origin, "Alice"), await home(origin, "Bob")];
    const killed = running(startPli(alice, undefined, "invite", "--name", "Bob"));
    const link = String((await killed.next("link"))["link"]);
    killed.child.kill("SIGKILL");
    await killed.ended;

    const accept = running(startPli(bob, undefined, "accept", `<${link.slice(0, 30)} ${link.slice(30)}>`));
    const [listed] = await runPli(alice, undefined, "invitations");
    expect(listed).toMatchObject({ event: "invitation", role: "inviter", name: "Bob", link });
    const resumed = running(startPli(alice, undefined, "invitations", "resume", "Bob"));
    const [a, b] = await Promise.all([resumed.next("code"), accept.next("code")]);
    resumed.type(String(a["say"]));
    expect(await resumed.next("own_code")).toEqual({ event: "own_code", attemptsLeft: 3 });
    resumed.type(String(b["say"]));
    accept.type(String(a["say"]));
    expect(await Promise.all([resumed.ended, accept.ended])).toEqual([0, 0]);
    expect(await runPli(alice, undefined, "invitations")).toEqual([]);
  },
  LONG,
);

test(
  "one's own link is refused by its name and stays; cancelled by its maker, it says so to the guest, and the line stays there",
  async () => {
    const { origin } = await store();
    const [alice, bob] = [await home(origin, "Alice"), await home(origin, "Bob")];
    const killed = running(startPli(alice, undefined, "invite"));
    const link = String((await killed.next("link"))["link"]);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const own = running(startPli(alice, undefined, "accept", link));
    expect(await own.next("failed")).toMatchObject({ code: "pairing_with_self" });
    expect(await own.ended).toBe(5);

    const accept = running(startPli(bob, undefined, "accept", link));
    const [still] = await runPli(alice, undefined, "invitations");
    expect(still).toMatchObject({ event: "invitation", link });
    await runPli(alice, undefined, "invitations", "stop", String(still?.["id"]));
    expect(await accept.next("failed")).toMatchObject({ code: "pairing_stopped" });
    expect(await accept.ended).toBe(5);
    expect(await runPli(bob, undefined, "invitations")).toMatchObject([{ state: "failed", error: "pairing_stopped" }]);
    await runPli(bob, undefined, "invitations", "clear");
    expect(await runPli(bob, undefined, "invitations")).toEqual([]);
  },
  LONG,
);

test(
  "a message to a conversation at another store that is down says which store it waits for, and ends with 0",
  async () => {
    const [near, far] = [await store(), await store()];
    const [alice, dora] = [await home(near.origin, "Alice"), await home(far.origin, "Dora")];
    await pairHomes(undefined, dora, alice);
    await far.stop();

    const [sent] = await runPli(alice, undefined, "send", "Dora", "are you there?", "--wait", "3");
    const waitsFor = { what: "store", store: far.origin, error: "store_unreachable" };
    expect(sent).toMatchObject({ event: "message", state: "saved", waitsFor });
    const checks = await runPli(alice, undefined, "doctor");
    const about = (name: string) => checks.filter((check) => check["name"] === name);
    expect(about("connection")).toMatchObject([
      { state: "ok", details: { store: near.origin } },
      { state: "warn", details: { store: far.origin } },
    ]);
    expect(about("messages")).toMatchObject([{ state: "warn", details: { pending: 1, waitsFor: [waitsFor] } }]);

    const offline = running(startPli(dora, undefined, "invite"));
    expect(await offline.next("away")).toMatchObject({ store: far.origin, error: "store_unreachable" });
    await far.start();
    expect(await offline.next("link")).toMatchObject({ event: "link" });
  },
  LONG,
);

test(
  "two who paired at one store are not told of another",
  async () => {
    const { alice } = await pairHomesOnStore();
    const [sent] = await runPli(alice, undefined, "send", "Bob", "hello");
    expect(sent).toMatchObject({ state: "sent" });
    expect(sent).not.toHaveProperty("waitsFor");
  },
  LONG,
);
