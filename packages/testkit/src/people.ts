import { createEngine, type Engine, type EngineOptions } from "@pli/engine";
import type { ConversationView, MessageView, PairingView, Queries, QueryName } from "@pli/engine/api";
import { createCrypto } from "@pli/protocol/crypto";
import { createTestDisk, openTestDatabase, type TestDisk } from "./database.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { MemoryStore } from "./memory-store.ts";

/** A world to test in: one clock, one store, people who share nothing. */
export interface World {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  /** Lets time pass in small steps until `check` gives something; fails after `patience` ms of the world's time. */
  until<T>(check: () => Promise<T | undefined | false>, what?: string, patience?: number): Promise<T>;
  person(name: string, options?: Partial<EngineOptions>): Promise<Person>;
}

/** Somebody with one device: a real engine on a real database in memory. */
export interface Person {
  readonly name: string;
  engine: Engine;
  disk: TestDisk;
  read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"]>;
  conversationWith(other: string): Promise<ConversationView>;
  messages(other: string): Promise<MessageView[]>;
  /** The texts of a conversation, in order, whoever wrote them. */
  texts(other: string): Promise<string[]>;
  say(other: string, text: string): Promise<void>;
  /** Stops cleanly, or as after a power cut, and starts again from the disk (or from a copy made before). */
  restart(from?: TestDisk): Promise<void>;
}

export function createWorld(): World {
  const clock = createFakeClock();
  const store = new MemoryStore({ clock });

  async function until<T>(
    check: () => Promise<T | undefined | false>,
    what = "what was awaited",
    patience = 600_000,
  ): Promise<T> {
    for (let passed = 0; ;) {
      await clock.advance(0);
      const found = await check();
      if (found !== undefined && found !== false) return found;
      if (passed >= patience) throw new Error(`${what} did not happen`);
      const step = passed < 2_000 ? 100 : 1_000;
      await clock.advance(step);
      passed += step;
    }
  }

  async function person(name: string, options: Partial<EngineOptions> = {}): Promise<Person> {
    const crypto = await createCrypto();
    const start = async (disk: TestDisk): Promise<Engine> =>
      createEngine({
        database: await openTestDatabase(disk),
        crypto,
        clock,
        dialer: store,
        store: store.origin,
        options,
      });
    const disk = createTestDisk();
    const engine = await start(disk);
    await engine.createProfile({ name });
    const self: Person = {
      name,
      engine,
      disk,
      read: (query, parameters) => self.engine.read(query, parameters),
      conversationWith: async (other) => {
        const found = (await self.engine.read("conversations", {})).find((view) => view.name === other);
        if (found === undefined) throw new Error(`${name} has no conversation with ${other}`);
        return found;
      },
      messages: async (other) => {
        const { id } = await self.conversationWith(other);
        return (await self.engine.read("messages", { conversation: id, limit: 1000 })).messages;
      },
      texts: async (other) =>
        (await self.messages(other)).flatMap(({ body }) => (body.kind === "text" ? [body.text] : [])),
      say: async (other, text) => {
        const { id } = await self.conversationWith(other);
        await self.engine.sendText({ conversation: id, text });
      },
      restart: async (from) => {
        await self.engine.close();
        self.disk = from ?? self.disk;
        self.engine = await start(self.disk);
      },
    };
    return self;
  }

  return { clock, store, until, person };
}

/** Two people pair by link and codes, each typing what the other reads out. */
export async function pair(world: World, inviter: Person, responder: Person): Promise<void> {
  const { pairing: invitation } = await inviter.engine.createInvitation({});
  const { link } = await pairingOf(inviter, invitation);
  const { pairing: acceptance } = await responder.engine.acceptInvitation({ link: link ?? "" });
  const codes = await world.until(async () => {
    const [a, b] = [await pairingOf(inviter, invitation), await pairingOf(responder, acceptance)];
    return a.say !== undefined && b.say !== undefined && { inviter: a.say, responder: b.say };
  }, "the codes");
  await inviter.engine.typeCode({ pairing: invitation, digits: codes.responder });
  await responder.engine.typeCode({ pairing: acceptance, digits: codes.inviter });
  await world.until(async () => {
    const views = [await pairingOf(inviter, invitation), await pairingOf(responder, acceptance)];
    return views.every(({ step }) => step === "paired");
  }, "the pairing");
}

export async function pairingOf(person: Person, id: string): Promise<PairingView> {
  const view = await person.engine.read("pairing", { id });
  if (view === undefined) throw new Error("no such pairing");
  return view;
}
