import { parseRequest, type Request } from "@pli/protocol/wire";
import { copyDisk, createWorld, MemoryStore, pair, type Person, type World } from "@pli/testkit";
import { expect, test } from "vitest";

/** What one client asks of the store, but for its own puts. */
interface Client {
  readonly store: MemoryStore;
  readonly asked: Request[];
}

function watched(world: World): Client {
  const asked: Request[] = [];
  const store = Object.create(world.store) as MemoryStore;
  Object.defineProperty(store, "origin", { value: world.store.origin });
  store.dial = (url, protocol, events) => {
    const socket = world.store.dial(url, protocol, events);
    return {
      close: () => socket.close(),
      send: (frame) => {
        const request = parseRequest(frame);
        if (request.ok && !request.value.type.startsWith("put")) asked.push(request.value);
        socket.send(frame);
      },
    };
  };
  return { store, asked };
}

/** From where the feed was asked for at the beginning of each line; later questions only keep the line open. */
const positions = (requests: readonly Request[]): number[] =>
  requests.flatMap((request, i) =>
    request.type === "follow" && requests[i - 1]?.type === "hello" ? [request.from] : [],
  );

/** Two who write to each other, and one who only listens; all began at one moment. */
async function three(): Promise<{ world: World; people: [Person, Person, Person]; clients: Client[] }> {
  const world = createWorld();
  const clients = [watched(world), watched(world), watched(world)];
  const people: Person[] = [];
  for (const [i, name] of ["Alice", "Bob", "Carol"].entries())
    people.push(await world.person(name, {}, { store: clients[i]?.store ?? world.store }));
  const [alice, bob, carol] = people as [Person, Person, Person];
  await pair(world, alice, bob);
  await world.clock.advance(120_000);
  return { world, people: [alice, bob, carol], clients };
}

async function chat(world: World, [alice, bob]: readonly [Person, Person, Person]): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await (i % 2 === 0 ? alice.say("Bob", `${i}`) : bob.say("Alice", `${i}`));
    await world.clock.advance(11_000);
  }
}

test("a line is taken up again at the same place by those who were written to and by who was not", async () => {
  const { world, people, clients } = await three();
  world.store.cut();
  await world.clock.advance(60_000);
  for (const { asked } of clients) asked.length = 0;
  for (let round = 0; round < 3; round++) {
    await chat(world, people);
    world.store.cut();
    await world.clock.advance(60_000);
  }
  const [own, ...others] = clients.map(({ asked }) => positions(asked));
  expect(own).toHaveLength(3);
  for (const other of others) expect(other).toEqual(own);
});

test.each(["closed", "killed"])(
  "a client that was %s asks from the same place, no matter what was for it",
  async (how) => {
    const { world, people, clients } = await three();
    for (const person of people) await person.restart();
    await world.clock.advance(60_000);
    await chat(world, people);
    for (const { asked } of clients) asked.length = 0;
    const disks = people.map(({ disk }) => copyDisk(disk));
    for (const [i, person] of people.entries()) await person.restart(how === "killed" ? disks[i] : undefined);
    await world.clock.advance(60_000);
    const [own, ...others] = clients.map(({ asked }) => positions(asked));
    expect(own?.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(own);
  },
);
