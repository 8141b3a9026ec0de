import type { MessageView, PliApi, Queries, QueryName } from "@pli/engine/api";
import { openHome, type Home } from "@pli/engine-node";
import type { Dialer } from "@pli/engine/ports";
import { allMessages } from "@pli/engine/pages";
import { temporaryFolder } from "./store-process.ts";

/** A person with a home of their own, opened in this process. */
export interface HomePerson {
  readonly name: string;
  readonly folder: string;
  home: Home;
  readonly api: PliApi;
  texts(): Promise<string[]>;
  messages(): Promise<MessageView[]>;
  say(text: string): Promise<void>;
  /** Closes it and opens it again, with this home store from now on if one is given. */
  reopen(store?: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Contacts add them to groups without asking. `dialer`: how they reach stores, if not as this
 * machine does.
 */
export async function createHomePerson(name: string, store: string, dialer?: Dialer): Promise<HomePerson> {
  const folder = temporaryFolder("home");
  let address = store;
  const way = dialer === undefined ? {} : { dialer };
  const open = (): Promise<Home> =>
    openHome({ home: folder, store: address, unlock: { keyFile: true }, create: true, ...way });
  const home = await open();
  await home.api.createProfile({ name });
  await home.api.changeSettings({ askBeforeGroups: false });
  const self: HomePerson = {
    name,
    folder,
    home,
    get api() {
      return self.home.api;
    },
    messages: async () => {
      const conversation = (await onlyConversation(self.api)).id;
      return allMessages((page) => self.api.read("messages", page), conversation);
    },
    texts: async () => (await self.messages()).flatMap(({ body }) => (body.kind === "text" ? [body.text] : [])),
    say: async (text) => {
      const conversation = (await onlyConversation(self.api)).id;
      await self.api.sendText({ conversation, text });
    },
    reopen: async (moved = address) => {
      address = moved;
      await self.home.close();
      self.home = await open();
    },
    close: () => self.home.close(),
  };
  return self;
}

export async function onlyConversation(api: PliApi) {
  const [conversation] = await api.read("conversations", {});
  if (conversation === undefined) throw new Error("no conversation yet");
  return conversation;
}

/** Waits on a live query until it says what is awaited. */
export function whenLive<N extends QueryName>(
  api: PliApi,
  query: N,
  parameters: Queries[N]["parameters"],
  check: (value: Queries[N]["result"]) => boolean,
): Promise<Queries[N]["result"]> {
  return new Promise((resolve) => {
    let done = false;
    let stop: (() => void) | undefined;
    stop = api.watch(query, parameters, (value) => {
      if (done || !check(value)) return;
      done = true;
      queueMicrotask(() => stop?.());
      resolve(value);
    });
  });
}

/** A new invitation's pairing and its link, once it can be handed over. */
export async function invite({ api }: HomePerson): Promise<{ pairing: string; link: string }> {
  const { pairing } = await api.createInvitation({});
  const shown = await whenLive(api, "pairing", { id: pairing }, (view) => view?.link !== undefined);
  return { pairing, link: shown?.link ?? "" };
}

/** Pairs two people by link and codes. */
export async function pairPeople(inviter: HomePerson, responder: HomePerson): Promise<void> {
  const { pairing: a, link } = await invite(inviter);
  const { pairing: b } = await responder.api.acceptInvitation({ link });
  const [one, two] = await Promise.all([
    whenLive(inviter.api, "pairing", { id: a }, (view) => view?.say !== undefined),
    whenLive(responder.api, "pairing", { id: b }, (view) => view?.say !== undefined),
  ]);
  await inviter.api.typeCode({ pairing: a, digits: two?.say ?? "" });
  await responder.api.typeCode({ pairing: b, digits: one?.say ?? "" });
  await Promise.all([
    whenLive(inviter.api, "pairing", { id: a }, (view) => view?.step === "paired"),
    whenLive(responder.api, "pairing", { id: b }, (view) => view?.step === "paired"),
  ]);
}

/** The time between two looks at the texts. */
const LOOK_MS = 100;

/** Resolves with the texts of this person once there are at least `count`. */
export async function whenTexts(person: HomePerson, count: number): Promise<string[]> {
  for (;;) {
    const texts = await person.texts();
    if (texts.length >= count) return texts;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
