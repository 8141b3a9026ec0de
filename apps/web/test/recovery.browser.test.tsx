import type { MessageCopyView, PliApi, RecoveryView } from "@pli/engine/api";
import type { HostApi, HostState } from "@pli/engine-web";
import { afterEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { MessageCopyLine } from "../src/ui/recovery/message-copy.tsx";
import { RecoveryOffer } from "../src/ui/recovery/offer.tsx";
import { RecoveryScreen } from "../src/ui/recovery/screen.tsx";
import { navigate } from "../src/ui/router.tsx";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const hostLockedBy = (lock: HostState["lock"]): Partial<HostApi> => ({
  watchHost: (listener) => {
    listener({ phase: "open", lock, leader: true });
    return () => undefined;
  },
});

const words = fr.recovery;
const NINETEEN = Array.from({ length: 19 }, (_, index) => `mot${index}`);

afterEach(() => navigate("/", { replace: true }));

function showScreen(recovery: RecoveryView, calls: Partial<PliApi> = {}, lock: HostState["lock"] = "none") {
  return show(
    <WithApi api={fakeApi({ recovery }, calls)} host={hostLockedBy(lock)}>
      <RecoveryScreen />
    </WithApi>,
  );
}

const answering = (answer: Awaited<ReturnType<PliApi["checkRecovery"]>>) =>
  vi.fn<PliApi["checkRecovery"]>(() => Promise.resolve(answer));

async function typeWords(text: string): Promise<void> {
  await page.getByLabelText(words.field).fill(text);
  await userEvent.click(page.getByRole("button", { name: words.checkDo }));
}

test("the words show only when they are asked for, in either language, and hide again", async () => {
  const recoveryWords = vi.fn<PliApi["recoveryWords"]>(() => Promise.resolve(NINETEEN));
  showScreen({ isShowable: true }, { recoveryWords });
  expect(recoveryWords).not.toHaveBeenCalled();
  await userEvent.click(page.getByRole("button", { name: words.show }));
  const list = page.getByRole("list", { name: words.list });
  await expect.element(list).toBeVisible();
  expect(list.element().children).toHaveLength(19);
  await userEvent.click(page.getByText(words.french, { exact: true }));
  await userEvent.click(page.getByText(words.english, { exact: true }));
  expect(recoveryWords).toHaveBeenLastCalledWith({ language: "en" });
  await userEvent.click(page.getByRole("button", { name: words.hide }));
  expect(list.elements()).toEqual([]);
});

test("where a passphrase opens Pli, it is asked for again before anything shows", async () => {
  showScreen({ isShowable: true }, {}, "passphrase");
  await expect.element(page.getByText(words.confirmText)).toBeVisible();
  expect(page.getByRole("button", { name: words.show }).elements()).toEqual([]);
});

test("right words end with what the paper is worth now", async () => {
  const checkRecovery = answering({ right: true });
  showScreen({ isShowable: true }, { checkRecovery });
  await userEvent.click(page.getByRole("button", { name: words.check }));
  await expect.element(page.getByText(words.gone)).toBeVisible();
  await typeWords("un deux trois");
  expect(checkRecovery.mock.calls).toEqual([[{ words: "un deux trois" }]]);
  await expect.element(page.getByRole("alert").getByText(words.rightText)).toBeVisible();
});

test("a word that is none is named by its place, and what was typed stays", async () => {
  showScreen(
    { isShowable: true },
    { checkRecovery: answering({ right: false, code: "recovery_word_unknown", place: 7 }) },
  );
  await userEvent.click(page.getByRole("button", { name: words.check }));
  await typeWords("un deux");
  await expect.element(page.getByText(/C’est le mot nº 7/u)).toBeVisible();
  await expect.element(page.getByLabelText(words.field)).toHaveValue("un deux");
});

test("nothing typed is no check", async () => {
  const checkRecovery = answering({ right: true });
  showScreen({ isShowable: false, confirmedAt: 0 }, { checkRecovery });
  await userEvent.click(page.getByRole("button", { name: words.checkAgain }));
  await typeWords("   ");
  expect(checkRecovery).not.toHaveBeenCalled();
});

test("confirmed words cannot be shown, only checked", async () => {
  showScreen({ isShowable: false, confirmedAt: Date.UTC(2026, 10, 20) });
  await expect.element(page.getByRole("button", { name: words.checkAgain })).toBeVisible();
  expect(page.getByRole("button", { name: words.show }).elements()).toEqual([]);
});

test.each([
  ["write", words.offerWrite],
  ["check", words.offerCheck],
] as const)("when it is time to %s, one line says so, and can be put off", async (due, text) => {
  const postponeRecovery = vi.fn<PliApi["postponeRecovery"]>(() => Promise.resolve());
  show(
    <WithApi api={fakeApi({ recovery: { isShowable: due === "write", due } }, { postponeRecovery })}>
      <RecoveryOffer />
    </WithApi>,
  );
  await expect.element(page.getByRole("region", { name: text })).toBeVisible();
  await userEvent.click(page.getByRole("button", { name: words.offerLater }));
  expect(postponeRecovery).toHaveBeenCalledOnce();
  await userEvent.click(page.getByRole("button", { name: words.offerYes }));
  expect(location.pathname).toBe("/settings/recovery");
});

test("until then nothing asks", async () => {
  show(
    <WithApi api={fakeApi({ recovery: { isShowable: true } })}>
      <RecoveryOffer />
      <p>list</p>
    </WithApi>,
  );
  await expect.element(page.getByText("list")).toBeVisible();
  expect(page.getByRole("region").elements()).toEqual([]);
});

describe("the copy of the messages", () => {
  const showCopy = (messageCopy: MessageCopyView, calls: Partial<PliApi> = {}) =>
    show(
      <WithApi api={fakeApi({ recovery: { isShowable: false }, messageCopy }, calls)} host={hostLockedBy("none")}>
        <RecoveryScreen />
        <MessageCopyLine />
      </WithApi>,
    );
  const last = { at: Date.now() - 60_000, messages: 1_200, older: 0, until: Date.now() + 86_400_000, isHere: true };

  test("is off, says what it costs, and is turned on by one switch", async () => {
    const changeSettings = vi.fn<PliApi["changeSettings"]>(() => Promise.resolve());
    showCopy({ isOn: false, isUnderWay: false }, { changeSettings });
    await expect.element(page.getByText(words.copyText)).toBeVisible();
    await userEvent.click(page.getByRole("switch", { name: words.copySwitch }));
    expect(changeSettings.mock.calls).toEqual([[{ messageCopy: true }]]);
  });

  test("says when the last one was, what is not in it, and why there is no later one", async () => {
    showCopy({ isOn: true, isUnderWay: true, last: { ...last, older: 3, isHere: false }, refusal: "store_full" });
    await expect.element(page.getByText(/Dernière copie.* messages/u)).toBeVisible();
    await expect.element(page.getByText(words.copyOlder(3))).toBeVisible();
    await expect.element(page.getByText(words.copyElsewhere)).toBeVisible();
    await expect.element(page.getByText(/ne prend pas la copie/u)).toBeVisible();
  });

  test("turned off, it says until when the server may have it", async () => {
    showCopy({ isOn: false, isUnderWay: false, last });
    await expect.element(page.getByText(/peut encore avoir la dernière/u)).toBeVisible();
    expect(page.getByText(/Dernière copie/u).elements()).toEqual([]);
  });

  test("after a restore it says how many messages are back, then only what is missing", async () => {
    const restoring = { messages: 900, messagesDone: 300, missing: 2, older: 0 };
    const { unmount } = showCopy({ isOn: true, isUnderWay: false, restoring });
    await expect.element(page.getByRole("link", { name: words.copyComing(300, 900) })).toBeVisible();
    expect(page.getByText(words.copyComing(300, 900)).elements()).toHaveLength(2);
    unmount();
    showCopy({ isOn: true, isUnderWay: false, restoring: { ...restoring, doneAt: 1 } });
    await expect.element(page.getByText(words.copyMissing(2))).toBeVisible();
    expect(page.getByText(words.copyComing(300, 900)).elements()).toEqual([]);
  });
});
