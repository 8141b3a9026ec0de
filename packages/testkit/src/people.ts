import { createEngine, type Engine, type EngineOptions } from "@pli/engine";
import type { ConversationView, MessageView, PairingView, Queries, QueryName } from "@pli/engine/api";
import type { GroupEngine } from "@pli/protocol/conversation";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { RECOVERY_SECRET_BYTES } from "@pli/protocol/identity";
import { createTestDisk, openTestDatabase, type TestDisk } from "./database.ts";
import { createPower, type Power } from "./power.ts";
import { createFakeClock, processClock, type FakeClock } from "./fake-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { remembering } from "./remembering-crypto.ts";

/** A world to test in: one clock, one store, people who share nothing. */
export interface World {
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  /** Other stores that can be reached, by their addresses. */
  readonly stores: MemoryStore[];
  /**
   * Lets time pass in small steps until `check` gives something; fails after `patience` ms of the
   * world's time.
   */
  until<T>(check: () => Promise<T | undefined | false>, what?: string, patience?: number): Promise<T>;
  /** Somebody new; give `setup.disk` for somebody who has been here before. */
  person(name: string, options?: Partial<EngineOptions>, setup?: Setup): Promise<Person>;
}

export interface Setup {
  readonly disk?: TestDisk;
  /** The home store, when it is not the world's own. */
  readonly store?: MemoryStore;
  /** Another MLS than the real one: somebody who does not keep to the rules. */
  readonly groups?: GroupEngine;
  /** Another source of randomness than the machine's. */
  readonly crypto?: Crypto;
  /** They are asked before they are put into a group, as a person is who changes no setting. */
  readonly isAsked?: true;
}

/** Somebody with one device: a real engine on a real database in memory. */
export interface Person {
  readonly name: string;
  engine: Engine;
  disk: TestDisk;
  /** The home store it is given at the next start. */
  home: MemoryStore;
  read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"]>;
  conversationWith(other: string): Promise<ConversationView>;
  messages(other: string): Promise<MessageView[]>;
  /** The texts of a conversation, in order, of both sides. */
  texts(other: string): Promise<string[]>;
  /** The texts the other wrote, in order. */
  heard(other: string): Promise<string[]>;
  say(other: string, text: string): Promise<void>;
  /** The power of the device: it can be cut after a number of transactions. */
  power: Power;
  /** Stops cleanly and starts again from the disk (or from a copy made before). */
  restart(from?: TestDisk): Promise<void>;
  /** Starts from a disk without having stopped: what ran before must be dead already. */
  start(from: TestDisk): Promise<void>;
}

/** For `markRead`: all that is there by now. */
export const EVERYTHING = Number.MAX_SAFE_INTEGER;

/**
 * Receipts that did not ride leave within 14 s, one conversation at a time, and nobody writes
 * decoys: tests count puts.
 */
export const QUICK_SLOTS = { every: 10_000, window: 4_000, decoys: false } as const;

let crypto: Promise<Crypto> | undefined;

/** One for all the people of a process: they verify the same signatures. */
const sharedCrypto = (): Promise<Crypto> => (crypto ??= createCrypto().then(remembering));

/** By name and number: what each person of that name makes their keys from, in every world. */
const secrets = new Map<string, Uint8Array>();

/**
 * Draws the first recovery secret as in worlds before: the keys of sixteen generations take 0.1 s,
 * and are remembered.
 */
function withSecretOf(crypto: Crypto, who: string): Crypto {
  const secret = secrets.get(who) ?? crypto.random(RECOVERY_SECRET_BYTES);
  secrets.set(who, secret);
  let isDrawn = false;
  const random = (length: number): Uint8Array => {
    if (length !== RECOVERY_SECRET_BYTES || isDrawn) return crypto.random(length);
    isDrawn = true;
    return secret.slice();
  };
  return { ...crypto, random };
}

export function createWorld(): World {
  const named = new Map<string, number>();
  const clock = createFakeClock();
  const store = new MemoryStore({ clock });
  const stores: MemoryStore[] = [];

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

  async function person(name: string, options: Partial<EngineOptions> = {}, setup: Setup = {}): Promise<Person> {
    const nth = (named.get(name) ?? 0) + 1;
    named.set(name, nth);
    const crypto = setup.crypto ?? withSecretOf(await sharedCrypto(), `${name} ${nth}`);
    const self: Person = {
      name,
      engine: undefined as unknown as Engine,
      power: undefined as unknown as Power,
      disk: setup.disk ?? createTestDisk(),
      home: setup.store ?? store,
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
      texts: async (other) => (await self.messages(other)).flatMap(textOf),
      heard: async (other) => (await self.messages(other)).filter(({ mine }) => !mine).flatMap(textOf),
      say: async (other, text) => {
        const { id } = await self.conversationWith(other);
        await self.engine.sendText({ conversation: id, text });
      },
      restart: async (from) => {
        await self.engine.close();
        await self.start(from ?? self.disk);
      },
      start: async (from) => {
        self.disk = from;
        self.power = createPower(from);
        self.engine = await createEngine({
          database: self.power.database(await openTestDatabase(from)),
          crypto,
          clock: processClock(clock),
          dialer: self.power.dialer({ dial: dialAny }),
          store: self.home.origin,
          options: { receiptSlots: QUICK_SLOTS, backups: "never", ...options },
          ...(setup.groups && { groups: setup.groups }),
        });
      },
    };
    await self.start(self.disk);
    if (setup.disk !== undefined) return self;
    await self.engine.createProfile({ name });
    if (setup.isAsked === undefined) await self.engine.changeSettings({ askBeforeGroups: false });
    return self;

    function dialAny(...[url, protocol, events]: Parameters<MemoryStore["dial"]>): ReturnType<MemoryStore["dial"]> {
      const there = [self.home, ...stores].find(({ origin }) => url.startsWith(`${origin.replace(/^http/, "ws")}/`));
      return (there ?? store).dial(url, protocol, events);
    }
  }

  return { clock, store, stores, until, person };
}

function textOf({ body }: MessageView): string[] {
  return body.kind === "text" ? [body.text] : [];
}

/** An invitation, once it can be handed over. */
export async function invite(world: World, inviter: Person): Promise<{ pairing: string; link: string }> {
  const { pairing } = await inviter.engine.createInvitation({});
  const link = await world.until(async () => (await pairingOf(inviter, pairing)).link, "the link");
  return { pairing, link };
}

/** The two pairings of an invitation that was made and accepted. */
export interface Meeting {
  readonly invitation: string;
  readonly acceptance: string;
  readonly link: string;
}

export async function meet(world: World, inviter: Person, responder: Person): Promise<Meeting> {
  const { pairing: invitation, link } = await invite(world, inviter);
  const { pairing: acceptance } = await responder.engine.acceptInvitation({ link });
  return { invitation, acceptance, link };
}

/** The digits each has to read out, once both have them. */
export function codesOf(
  world: World,
  inviter: Person,
  responder: Person,
  { invitation, acceptance }: Meeting,
): Promise<{ inviter: string; responder: string }> {
  return world.until(async () => {
    const [a, b] = [await pairingOf(inviter, invitation), await pairingOf(responder, acceptance)];
    return a.say !== undefined && b.say !== undefined && { inviter: a.say, responder: b.say };
  }, "the codes");
}

/** Two people pair by link and codes, each typing what the other reads out. */
export async function pair(world: World, inviter: Person, responder: Person): Promise<Meeting> {
  const meeting = await meet(world, inviter, responder);
  const codes = await codesOf(world, inviter, responder, meeting);
  await inviter.engine.typeCode({ pairing: meeting.invitation, digits: codes.responder });
  await responder.engine.typeCode({ pairing: meeting.acceptance, digits: codes.inviter });
  await world.until(async () => {
    const views = [await pairingOf(inviter, meeting.invitation), await pairingOf(responder, meeting.acceptance)];
    return views.every(({ step }) => step === "paired");
  }, "the pairing");
  return meeting;
}

export async function pairingOf(person: Person, id: string): Promise<PairingView> {
  const view = await person.engine.read("pairing", { id });
  if (view === undefined) throw new Error("no such pairing");
  return view;
}
