import type { HostApi, HostState } from "@pli/engine-web";
import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { LockOffer } from "../src/ui/conversations/lock-offer.tsx";
import { changePreferences, readPreferences } from "../src/ui/preferences.ts";
import { navigate } from "../src/ui/router.tsx";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const DAY = 86_400_000;
const CREATED = Date.UTC(2026, 10, 20);
const api = fakeApi({
  status: {
    profile: { id: "5e1f", name: "Nadia", createdAt: CREATED },
    connection: { state: "online", store: "", since: 0 },
    pending: 0,
    waiting: { pairings: 0, changes: 0, notes: 0, receipts: 0 },
  },
});

afterEach(() => {
  changePreferences({ lockOffered: false });
  navigate("/", { replace: true });
});

function offerAt(now: number, lock: HostState["lock"] = "none") {
  const watchHost: HostApi["watchHost"] = (listener) => {
    listener({ phase: "open", lock, leader: true });
    return () => undefined;
  };
  return show(
    <WithApi api={api} host={{ watchHost }}>
      <LockOffer now={now} />
      <p>list</p>
    </WithApi>,
  );
}

const offer = () => page.getByRole("region", { name: fr.lock.offer });
const whenShown = () => expect.element(page.getByText("list")).toBeVisible();

test("a device that nothing locks is offered a lock in its first week", async () => {
  offerAt(CREATED + DAY);
  await expect.element(offer()).toBeVisible();
});

test.each([
  ["after the week", CREATED + 8 * DAY, "none"],
  ["by a clock before the profile was made", CREATED - DAY, "none"],
  ["where a passphrase locks it", CREATED + DAY, "passphrase"],
  ["where a passkey locks it", CREATED + DAY, "passkey"],
] as const)("it is not offered %s", async (_, now, lock) => {
  offerAt(now, lock);
  await whenShown();
  expect(offer().elements()).toEqual([]);
});

test("a no is for good, also after a reload", async () => {
  const first = offerAt(CREATED + DAY);
  await userEvent.click(page.getByRole("button", { name: fr.lock.offerNo }));
  expect(offer().elements()).toEqual([]);
  expect(readPreferences().lockOffered).toBe(true);
  expect(localStorage.getItem("pli.preferences")).toContain('"lockOffered":true');
  first.unmount();
  offerAt(CREATED + DAY);
  await whenShown();
  expect(offer().elements()).toEqual([]);
});

test("a yes leads to the lock, and is not asked again", async () => {
  offerAt(CREATED + DAY);
  await userEvent.click(page.getByRole("button", { name: fr.lock.offerYes }));
  expect(location.pathname).toBe("/settings/lock");
  expect(readPreferences().lockOffered).toBe(true);
});
