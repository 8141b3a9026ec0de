import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { changePreferences, parsePreferences } from "../src/ui/preferences.ts";
import { Veil } from "../src/ui/shell/veil.tsx";
import { fr } from "../src/words/fr.ts";
import { show } from "./screen.tsx";

afterEach(() => {
  changePreferences({ veil: false });
  vi.restoreAllMocks();
});

function open() {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  return show(
    <>
      <p>Rendez-vous au pont Mirabeau</p>
      <dialog open>Un dialogue</dialog>
      <Veil />
    </>,
  );
}

const isShown = (text: string) => getComputedStyle(page.getByText(text).element()).visibility === "visible";

test("it is off until somebody wants it", async () => {
  expect(parsePreferences(null).veil).toBe(false);
  open();
  await expect.element(page.getByText("Rendez-vous au pont Mirabeau")).toBeVisible();
  dispatchEvent(new Event("blur"));
  expect(isShown("Rendez-vous au pont Mirabeau")).toBe(true);
});

test("nothing is shown from the very event of leaving, dialogs included, until somebody is back", async () => {
  changePreferences({ veil: true });
  open();
  await expect.element(page.getByText("Rendez-vous au pont Mirabeau")).toBeVisible();
  dispatchEvent(new Event("blur"));
  expect([isShown("Rendez-vous au pont Mirabeau"), isShown("Un dialogue")]).toEqual([false, false]);
  await expect.element(page.getByText(fr.privacy.veiled)).toBeVisible();
  dispatchEvent(new Event("focus"));
  expect([isShown("Rendez-vous au pont Mirabeau"), isShown("Un dialogue")]).toEqual([true, true]);
});

test("a page that goes out of sight is hidden, and one that is opened out of sight begins hidden", async () => {
  changePreferences({ veil: true });
  const { unmount } = open();
  await expect.element(page.getByText("Rendez-vous au pont Mirabeau")).toBeVisible();
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(isShown("Rendez-vous au pont Mirabeau")).toBe(false);
  unmount();
  expect(document.documentElement.hasAttribute("data-veiled")).toBe(false);
  open();
  await expect.poll(() => isShown("Rendez-vous au pont Mirabeau")).toBe(false);
});
