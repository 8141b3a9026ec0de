import type { PairingView, PliApi, StatusView } from "@pli/engine/api";
import { describe, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { OpenPairings } from "../src/ui/pairing/open-pairings.tsx";
import { PairingScreen } from "../src/ui/pairing/pairing.tsx";
import { alarmOf, Banner } from "../src/ui/shell/connection/banner.tsx";
import { StoreWait } from "../src/ui/thread/store-wait.tsx";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const NOW = Date.now();

/** What has this text in it, whatever its spaces. */
const having = (text: string) =>
  page.getByText(new RegExp(text.replaceAll(/[.()]/gu, "\\$&").replaceAll(/\s/gu, "\\s"), "u"));

const pairing = (more: Partial<PairingView> = {}): PairingView => ({
  id: "p",
  purpose: "person",
  role: "inviter",
  name: "",
  step: "waiting",
  link: "https://pli.example/i#ARVodHRwOi8v",
  createdAt: NOW,
  expiresAt: NOW + 86_400_000,
  attemptsLeft: 3,
  ...more,
});

const status = (connection: Partial<StatusView["connection"]> = {}, more: Partial<StatusView> = {}): StatusView => ({
  profile: { id: "5e1f", name: "Nadia", createdAt: 0 },
  connection: { state: "online", store: location.origin, since: 0, ...connection },
  pending: 0,
  waiting: { pairings: 0, changes: 0, notes: 0, receipts: 0 },
  ...more,
});

function showList(pairings: PairingView[], calls: Partial<PliApi> = {}) {
  show(
    <WithApi api={fakeApi({ pairings }, calls)}>
      <OpenPairings />
    </WithApi>,
  );
}

describe("invitations in the list", () => {
  test("are distinguished by the name given to them, or by the end of their link", async () => {
    showList([pairing({ id: "a", name: "Bruno" }), pairing({ id: "b" })]);
    await expect.element(having(fr.pair.openWaitingFor("Bruno"))).toBeVisible();
    await expect.element(page.getByText(/lien finissant par Oi8v/u)).toBeVisible();
  });

  test("that have not left do not wait for an answer", async () => {
    const { link: _, ...preparing } = pairing();
    showList([{ ...preparing, waitsFor: { store: "https://pli.example", since: 0 } }]);
    await expect.element(having(fr.pair.openNotLeft(""))).toBeVisible();
  });

  test("that came to nothing say how and what to do; three are shown, and all can be put away", async () => {
    const cancelPairing = vi.fn<PliApi["cancelPairing"]>(() => Promise.resolve());
    const ended = Array.from({ length: 5 }, (_, i) =>
      pairing({ id: `e${i}`, name: `Eve ${i}`, step: "failed", error: "pairing_burned", endedAt: NOW }),
    );
    showList([pairing(), ...ended], { cancelPairing });
    await expect.element(having(fr.pair.ended("Eve 2", fr.pairingEnd.ends.pairing_burned))).toBeVisible();
    expect(page.getByRole("link").elements()).toHaveLength(4);
    await expect.element(page.getByText(/en refaire une/u).first()).toBeVisible();
    await page.getByRole("button", { name: fr.pair.putAway }).click();
    await vi.waitFor(() =>
      expect(cancelPairing.mock.calls.map(([{ pairing: id }]) => id)).toEqual(ended.map(({ id }) => id)),
    );
  });
});

test.each<[string, string, string]>([
  ["pairing_stopped", "responder", fr.pairingEnd.newLink],
  ["invitation_expired", "inviter", fr.pairingEnd.again],
])("the page of one that ended with %s, for the %s, has its reason and the way on", async (error, role, way) => {
  const view = pairing({ role: role as PairingView["role"], step: "failed", error, endedAt: NOW });
  show(
    <WithApi api={fakeApi({ pairing: view })}>
      <PairingScreen id="p" />
    </WithApi>,
  );
  await expect.element(page.getByRole("alert")).toBeVisible();
  await expect.element(page.getByRole("button", { name: way })).toBeVisible();
  await expect.element(page.getByRole("button", { name: fr.pairingEnd.putAway })).toBeVisible();
});

describe("the banner", () => {
  test("says how far the catching up is while that is under way, not that it is connecting", () => {
    const catchUp = { done: 1200, total: 3000 };
    expect(alarmOf(status({ state: "connecting", catchUp }))).toEqual({ kind: "catchUp", ...catchUp });
    expect(alarmOf(status({ state: "connecting" }))).toEqual({ kind: "connecting" });
  });

  test("does not change its word while a server that does not answer is called again", () => {
    const error = "store_unreachable";
    expect(alarmOf(status({ state: "offline", error, nextTry: 9 }))).toEqual({ kind: "offline", nextTry: 9 });
    expect(alarmOf(status({ state: "connecting", error }))).toEqual({ kind: "offline", nextTry: undefined });
  });

  test("counts down to the next try beside what is read out, and tries at once", async () => {
    const reconnect = vi.fn<PliApi["reconnect"]>(() => Promise.resolve());
    const offline = status({ state: "offline", error: "store_unreachable", nextTry: Date.now() + 25_000 });
    show(
      <WithApi api={fakeApi({ status: offline }, { reconnect })}>
        <Banner />
      </WithApi>,
    );
    await expect.element(having(fr.banner.offline)).toBeVisible();
    const seconds = page.getByText(/^Prochain essai dans \d+\ssecondes\.$/u);
    await expect.element(seconds).toBeVisible();
    expect(
      page
        .getByRole("status")
        .elements()
        .some((said) => said.textContent.includes("Prochain")),
    ).toBe(false);
    await page.getByRole("button", { name: fr.banner.reconnect }).click();
    expect(reconnect).toHaveBeenCalledOnce();
  });

  test("a device without a network says so, and does not blame the server", async () => {
    const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    show(
      <WithApi api={fakeApi({ status: status({ state: "offline", error: "store_unreachable" }) })}>
        <Banner />
      </WithApi>,
    );
    await expect.element(having(fr.banner.noNetwork)).toBeVisible();
    onLine.mockRestore();
  });
});

describe("a conversation at another store that does not answer", () => {
  const away = { store: "https://far.example", since: 0, nextTry: NOW + 60_000 };
  const waitsFor = [{ conversation: "c", messages: 2, what: "store" as const, store: away.store, away }];

  test("says which store its messages wait for", async () => {
    show(
      <WithApi api={fakeApi({ status: status({}, { waitsFor }) })}>
        <StoreWait conversation="c" />
        <StoreWait conversation="d" />
      </WithApi>,
    );
    await expect.element(having(fr.away.store("far.example"))).toBeVisible();
    expect(having(fr.away.thread).elements()).toHaveLength(1);
  });
});
