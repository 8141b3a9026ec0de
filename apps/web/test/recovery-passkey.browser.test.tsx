import type { PliApi, RecoveryView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { errorSentence } from "@pli/engine/words";
import type { HostApi } from "@pli/engine-web";
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { RecoveryScreen } from "../src/ui/recovery/screen.tsx";
import { navigate } from "../src/ui/router.tsx";
import { Start } from "../src/ui/start/start.tsx";
import { createFormat } from "../src/ui/format.ts";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const words = fr.recovery;
const { date } = createFormat("fr", fr);
const PASSKEY = "ab".repeat(32);
const DAY_MS = 86_400_000;

afterEach(() => navigate("/", { replace: true }));

const able: Partial<HostApi> = {
  canKeepRecovery: () => Promise.resolve(true),
  createRecoveryPasskey: () => Promise.resolve(PASSKEY),
  readRecoveryPasskey: () => Promise.resolve(PASSKEY),
};

function showScreen(recovery: RecoveryView, calls: Partial<PliApi> = {}, host: Partial<HostApi> = able) {
  return show(
    <WithApi api={fakeApi({ recovery }, calls)} host={host}>
      <RecoveryScreen />
    </WithApi>,
  );
}

function showStart(calls: Partial<PliApi> = {}, host: Partial<HostApi> = able) {
  return show(
    <WithApi api={fakeApi({ pairings: [] }, calls)} host={host}>
      <Start />
    </WithApi>,
  );
}

const making = () => vi.fn<PliApi["makePasskeyCopy"]>(() => Promise.resolve({ right: true }));
const button = (name: string) => page.getByRole("button", { name, exact: true });

test("while the device has the secret one click makes the copy, under whom it trusts", async () => {
  const makePasskeyCopy = making();
  showScreen({ isShowable: true }, { makePasskeyCopy });
  await expect.element(page.getByText(words.passkey.trust)).toBeVisible();
  await userEvent.click(button(words.passkey.make));
  await vi.waitFor(() => expect(makePasskeyCopy.mock.calls).toEqual([[{ passkey: PASSKEY }]]));
  await expect.element(page.getByText(words.passkey.made)).toBeVisible();
});

test("later the words are asked for first, and go into the copy", async () => {
  const makePasskeyCopy = making();
  const checkRecovery = vi.fn<PliApi["checkRecovery"]>(() => Promise.resolve({ right: true }));
  showScreen({ isShowable: false, confirmedAt: 0 }, { makePasskeyCopy, checkRecovery });
  await userEvent.click(button(words.passkey.make));
  await page.getByLabelText(words.field).fill("un deux");
  await userEvent.click(button(words.checkDo));
  await userEvent.click(button(words.passkey.create));
  await vi.waitFor(() => expect(makePasskeyCopy.mock.calls).toEqual([[{ passkey: PASSKEY, words: "un deux" }]]));
});

test("words that were just checked need not be typed again", async () => {
  const makePasskeyCopy = making();
  const checkRecovery = vi.fn<PliApi["checkRecovery"]>(() => Promise.resolve({ right: true }));
  showScreen({ isShowable: false, confirmedAt: 0 }, { makePasskeyCopy, checkRecovery });
  await userEvent.click(button(words.checkAgain));
  await page.getByLabelText(words.field).fill("un deux");
  await userEvent.click(button(words.checkDo));
  await expect.element(page.getByText(words.rightText)).toBeVisible();
  await userEvent.click(button(words.passkey.make));
  await vi.waitFor(() => expect(makePasskeyCopy.mock.calls).toEqual([[{ passkey: PASSKEY, words: "un deux" }]]));
});

test.each(["passkey_unanswered", "passkey_without_secret"] as const)(
  "%s is said, and nothing is made",
  async (code) => {
    const makePasskeyCopy = making();
    const createRecoveryPasskey = () => Promise.reject(new PliError(code));
    showScreen({ isShowable: true }, { makePasskeyCopy }, { ...able, createRecoveryPasskey });
    await userEvent.click(button(words.passkey.make));
    await expect.element(page.getByText(errorSentence("fr", code))).toBeVisible();
    expect(makePasskeyCopy).not.toHaveBeenCalled();
  },
);

test("where no passkey keeps secrets there is no offer, here or at the start", async () => {
  const host: Partial<HostApi> = { canKeepRecovery: () => Promise.resolve(false) };
  showScreen({ isShowable: true }, {}, host);
  await expect.element(button(words.show)).toBeVisible();
  expect(page.getByText(words.passkey.title).elements()).toEqual([]);
  showStart({}, host);
  await expect.element(button(words.have)).toBeVisible();
  expect(button(words.passkey.have).elements()).toEqual([]);
});

test("a copy that is kept says until when, and is removed after a question, in any browser", async () => {
  const removePasskeyCopy = vi.fn<PliApi["removePasskeyCopy"]>(() => Promise.resolve());
  const now = Date.now();
  const passkey = { isKept: true, madeAt: now - DAY_MS, storedAt: now, until: now + 30 * DAY_MS } as const;
  showScreen({ isShowable: false, passkey }, { removePasskeyCopy }, { canKeepRecovery: () => Promise.resolve(false) });
  await expect.element(page.getByText(words.passkey.kept(date(passkey.madeAt)))).toBeVisible();
  await expect.element(page.getByText(words.passkey.until(date(passkey.until)))).toBeVisible();
  await userEvent.click(button(words.passkey.remove));
  expect(removePasskeyCopy).not.toHaveBeenCalled();
  await userEvent.click(page.getByRole("alertdialog").getByRole("button", { name: words.passkey.remove }));
  expect(removePasskeyCopy).toHaveBeenCalledOnce();
});

test.each([
  ["not stored by this device yet", {}, words.passkey.notStored],
  ["too old", { storedAt: 1, until: DAY_MS }, words.passkey.late(date(DAY_MS))],
] as const)("a copy that is %s says so", async (_, times, sentence) => {
  showScreen({ isShowable: false, passkey: { isKept: true, madeAt: 0, ...times } });
  await expect.element(page.getByText(sentence)).toBeVisible();
});

test("a copy that was removed says until when the store can have it, and another can be made", async () => {
  const until = Date.now() + 5 * DAY_MS;
  showScreen({ isShowable: true, passkey: { isKept: false, until } });
  await expect.element(page.getByText(words.passkey.removed(date(until)))).toBeVisible();
  await expect.element(button(words.passkey.make)).toBeVisible();
});

test("at the start a passkey gives the profile back, and what goes wrong is said", async () => {
  const restoreByPasskey = vi
    .fn<PliApi["restoreByPasskey"]>()
    .mockRejectedValueOnce(new PliError("passkey_copy_not_found"))
    .mockResolvedValue({ name: "Nadia", madeAt: 0, contacts: 2, groups: 1, messages: 0 });
  showStart({ restoreByPasskey });
  await userEvent.click(button(words.passkey.have));
  await userEvent.click(page.getByText(words.stolen, { exact: true }));
  await userEvent.click(button(words.passkey.use));
  await expect.element(page.getByText(errorSentence("fr", "passkey_copy_not_found"))).toBeVisible();
  await userEvent.click(button(words.passkey.use));
  await expect.element(page.getByText(words.restored("Nadia", date(0)))).toBeVisible();
  expect(restoreByPasskey).toHaveBeenLastCalledWith({ passkey: PASSKEY, stolen: true });
});
