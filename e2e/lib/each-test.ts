import { expect, test } from "@playwright/test";
import { makeProfile, openBrowser, type BrowserOptions, type Person } from "./browser.ts";
import { createHomePerson, type HomePerson } from "./homes.ts";
import { meet } from "./meeting.ts";
import { startStoreProcess, temporaryFolder, type StoreProcess } from "./store-process.ts";

interface SceneOptions {
  /** One store for all tests of the file, and not one for each. */
  oneStore?: boolean;
  /** In whole browsers (`BrowserOptions`). */
  isWhole?: boolean;
  /** Lines of the console that are no fault in these tests. */
  mayComplain?: RegExp;
}

/** What a test opens; all of it is closed after the test. */
export interface Scene {
  readonly store: StoreProcess;
  openBrowser(options?: BrowserOptions): Promise<Person>;
  /** A person without a browser, on the store of the test. */
  openHome(name: string): Promise<HomePerson>;
}

/**
 * For a spec: a store for each test, and ways to open browsers and homes. After each test they are
 * closed, and no console may have complained.
 */
export function sceneOfEachTest({ oneStore = false, isWhole = false, mayComplain }: SceneOptions = {}): Scene {
  let store: StoreProcess | undefined;
  let people: Person[] = [];
  let homes: HomePerson[] = [];

  const start = async () => {
    store = await startStoreProcess(temporaryFolder("store"));
  };
  const end = async () => {
    const complaints = people.flatMap((person) => person.complaints);
    await Promise.all([...people.map(({ context }) => context.close()), ...homes.map((home) => home.close())]);
    [people, homes] = [[], []];
    if (!oneStore) await store?.kill();
    expect(
      complaints.filter((line) => mayComplain?.test(line) !== true),
      "the console says nothing, least of all that the policy was broken",
    ).toEqual([]);
  };

  if (oneStore) test.beforeAll(start);
  else test.beforeEach(start);
  test.afterEach(end);
  if (oneStore) test.afterAll(async () => void (await store?.stop()));

  const scene: Scene = {
    get store() {
      if (store === undefined) throw new Error("the store starts with the test");
      return store;
    },
    async openBrowser(options) {
      const person = await openBrowser({ isWhole, ...options });
      people.push(person);
      return person;
    },
    async openHome(name) {
      const home = await createHomePerson(name, scene.store.origin);
      homes.push(home);
      return home;
    },
  };
  return scene;
}

/** Camille at a browser, and Bob with a home. */
export interface Meeting {
  readonly camille: Person;
  readonly bob: HomePerson;
  /** The address of their thread. */
  readonly thread: string;
}

/** Camille and Bob meet, each read out their digits; ends in their thread. */
export async function meetBob(scene: Scene): Promise<Meeting> {
  const camille = await scene.openBrowser();
  const bob = await scene.openHome("Bob");
  await makeProfile(camille, scene.store.origin, "Camille");
  await meet(camille, bob);
  return { camille, bob, thread: camille.page.url() };
}
