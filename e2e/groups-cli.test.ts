import { expect, onTestFinished, test } from "vitest";
import { pairHomes, runPli, startPli, type PliEvent, type PliProcess } from "./lib/pli.ts";
import { startStoreProcess, temporaryFolder } from "./lib/store-process.ts";

/** A person with a home of their own and `pli listen` running on it. */
interface Person {
  readonly home: string;
  listening: PliProcess;
}

async function createPeople(store: string, asking: "on" | "off", ...names: string[]): Promise<Person[]> {
  const homes = names.map(() => temporaryFolder("home"));
  for (const [i, name] of names.entries()) {
    await runPli(homes[i] ?? "", store, "init", "--name", name);
    if (asking === "off") await runPli(homes[i] ?? "", store, "group", "asking", "off");
  }
  const [first = "", ...others] = homes;
  for (const home of others) await pairHomes(store, first, home);
  return homes.map((home) => {
    const listening = startPli(home, store, "listen");
    onTestFinished(() => void listening.child.kill("SIGKILL"));
    return { home, listening };
  });
}

const kinds = (events: readonly PliEvent[]): unknown[] =>
  events.map(({ event, kind, state, change }) =>
    event === "notice" ? (change as { what: string }).what : (state ?? kind ?? event),
  );

test("three people in terminals: a group is founded, talks, is changed, loses one and is left", async () => {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const [alice, bob, carol] = await createPeople(store.origin, "off", "Alice", "Bob", "Carol");
  if (alice === undefined || bob === undefined || carol === undefined) throw new Error("three people");
  const pli = (person: Person, ...args: string[]): Promise<PliEvent[]> => runPli(person.home, store.origin, ...args);
  const hears = (person: Person, text: string): Promise<PliEvent> =>
    person.listening.next("message", (event) => event["text"] === text);
  const notices = (person: Person, what: string): Promise<PliEvent> =>
    person.listening.next("notice", ({ change }) => (change as { what?: string } | undefined)?.what === what);

  const founded = await pli(alice, "group", "create", "Les voisins", "Bob", "Carol", "--description", "Au 3");
  expect(founded[0]).toMatchObject({ event: "group", name: "Les voisins", role: "owner" });
  expect(kinds(founded).at(-1)).toBe("done");
  expect(kinds(founded)).toContain("added");
  await Promise.all([notices(bob, "joined"), notices(carol, "joined")]);

  await pli(alice, "send", "Les voisins", "hello");
  expect(await hears(bob, "hello")).toMatchObject({ group: "Les voisins", contact: null, from: "Alice" });
  await hears(carol, "hello");
  await pli(bob, "send", "les", "hello from Bob");
  expect(await hears(carol, "hello from Bob")).toMatchObject({ from: "Bob", mine: false });
  await hears(alice, "hello from Bob");

  const [shown] = await pli(carol, "group", "show", "Les voisins");
  expect(shown).toMatchObject({ description: "Au 3", role: "member", whoAdds: "admins" });
  expect(shown).toMatchObject({ members: [{ name: "Alice" }, { name: "Bob" }, { name: "Carol" }] });

  await pli(alice, "group", "rename", "Les voisins", "La cour");
  await pli(alice, "group", "role", "La cour", "Bob", "admin");
  await pli(bob, "group", "rules", "La cour", "--timer", "1w");
  await notices(carol, "timer");
  const refused = startPli(carol.home, store.origin, "group", "rename", "La cour", "À moi");
  expect(await refused.next("failed")).toMatchObject({ code: "not_allowed" });
  expect(await refused.ended).toBe(7);

  await pli(bob, "group", "remove", "La cour", "Carol");
  await notices(carol, "removed");
  const [left] = await pli(carol, "group", "show", "La cour");
  expect(left).toMatchObject({ state: "left" });
  await pli(alice, "send", "La cour", "without Carol");
  await hears(bob, "without Carol");
  await pli(alice, "group", "keys", "La cour");

  const alone = startPli(alice.home, store.origin, "group", "leave", "La cour");
  expect(await alone.next("failed")).toMatchObject({ code: "owner_needed" });
  await pli(alice, "group", "leave", "La cour", "--successor", "Bob");
  await notices(bob, "left");
  const [last] = await pli(bob, "group", "show", "La cour");
  expect(last).toMatchObject({ role: "owner", members: [{ name: "Bob", self: true }] });
  const lines = (await pli(bob, "messages", "La cour")).map((event) =>
    event.event === "notice" ? (event["change"] as { what: string }).what : event["text"],
  );
  const said = ["hello", "hello from Bob", "named", "role", "timer", "removed", "without Carol", "role", "left"];
  expect(lines.filter((line) => line !== "added")).toEqual(["joined", ...said]); // Carol may have come before Bob, or after
  expect(carol.listening.events.some(({ text }) => text === "without Carol")).toBe(false);
  await pli(alice, "group", "delete", "La cour");
  expect(await pli(alice, "group")).toEqual([]);
}, 300_000);

test("in terminals, who is asked comes in with a yes and stays out with a no; who asked waits for it", async () => {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const [alice, bob] = await createPeople(store.origin, "on", "Alice", "Bob");
  if (alice === undefined || bob === undefined) throw new Error("two people");
  const pli = (person: Person, ...args: string[]): Promise<PliEvent[]> => runPli(person.home, store.origin, ...args);

  const founding = startPli(alice.home, store.origin, "group", "create", "Chorale", "Bob");
  await founding.next("change", ({ state, waitsFor }) => state === "waiting" && waitsFor === "answer");
  const asked = { from: "Alice", why: "offered", name: "Chorale", members: 1, store: null, over: null };
  expect(await bob.listening.next("question")).toMatchObject(asked);
  expect(await pli(bob, "group", "questions")).toMatchObject([{ event: "question", ...asked }]);
  const [answer] = await pli(bob, "group", "accept", "Chorale");
  expect(answer).toMatchObject({ event: "answer", accept: true, state: "done", group: "Chorale" });
  expect(await founding.ended).toBe(0);
  await pli(alice, "send", "Chorale", "welcome");
  await bob.listening.next("message", ({ text }) => text === "welcome");

  const again = startPli(alice.home, store.origin, "group", "create", "Budget", "Bob");
  await bob.listening.next("question", ({ name }) => name === "Budget");
  await pli(bob, "group", "decline", "Budget");
  expect(await again.next("failed")).toMatchObject({ code: "offer_declined" });
  expect(await again.ended).toBe(7);
  expect(await pli(bob, "group", "questions")).toEqual([]);
}, 300_000);
