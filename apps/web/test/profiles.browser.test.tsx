import { afterEach, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { createDisplay } from "../src/ui/shell/notifications/display.ts";
import { OtherProfiles, ProfileSwitch } from "../src/ui/shell/profile-switch.tsx";
import { ProfilesScreen } from "../src/ui/settings/profiles.tsx";
import { localProfiles, relabelProfile, watchProfiles } from "../src/ui/profiles.ts";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const TWO = JSON.stringify({ profiles: [{ id: "first" }, { id: "0badcafe", label: "Travail" }], last: "first" });

/** As another tab changes the list. */
function keep(text: string): void {
  localStorage.setItem("pli.profiles", text);
  dispatchEvent(new StorageEvent("storage", { key: "pli.profiles" }));
}

// As `beginProfile` does for the life of a page.
watchProfiles(() => undefined);

afterEach(() => {
  keep("");
});

const shown = () =>
  show(
    <WithApi api={fakeApi({})}>
      <ProfileSwitch />
      <OtherProfiles />
      <ProfilesScreen />
    </WithApi>,
  );

test("with one profile there is neither a switch nor a list", async () => {
  shown();
  await expect.element(page.getByLabelText(fr.profiles.add, { exact: true })).toBeVisible();
  expect(page.getByRole("button", { name: fr.profiles.switch }).elements()).toEqual([]);
  expect(page.getByRole("region", { name: fr.profiles.others }).elements()).toEqual([]);
  expect(page.getByRole("button", { name: fr.profiles.remove }).elements()).toEqual([]);
});

test("a second one that another tab adds shows at once, and the list says which one is here", async () => {
  shown();
  await expect.element(page.getByLabelText(fr.profiles.add, { exact: true })).toBeVisible();
  keep(TWO);
  await expect.element(page.getByRole("button", { name: fr.profiles.switch })).toBeVisible();
  const here = page.getByRole("button", { name: `${fr.profiles.first} ${fr.profiles.shown}` });
  await expect.element(here).toHaveAttribute("aria-current", "true");
  await expect.element(page.getByRole("button", { name: fr.profiles.remove })).toBeVisible();
});

test("a label is refused when it is empty or another profile has it", async () => {
  keep(TWO);
  shown();
  const add = page.getByRole("button", { name: fr.profiles.addDo });
  await userEvent.click(add);
  await expect.element(page.getByText(fr.profiles.empty)).toBeVisible();
  await userEvent.fill(page.getByLabelText(fr.profiles.add, { exact: true }), " Travail ");
  await userEvent.click(add);
  await expect.element(page.getByText(fr.profiles.taken)).toBeVisible();
  expect(localProfiles()).toHaveLength(2);
});

test("the label of this one is changed, here and for the other tabs", async () => {
  keep(TWO);
  shown();
  relabelProfile("first", "Famille");
  await expect.element(page.getByRole("heading", { name: "Famille" })).toBeVisible();
  expect(localStorage.getItem("pli.profiles")).toContain("Famille");
});

test("a notification says which profile it is of by its label, and nothing of what is in it", async () => {
  const said: unknown[] = [];
  const Real = globalThis.Notification;
  class Fake extends EventTarget {
    static permission = "granted";
    constructor(title: string, options: NotificationOptions) {
      super();
      said.push([title, options.tag, options.data]);
    }
    close(): void {}
  }
  Object.assign(globalThis, { Notification: Fake });
  const one = { body: "x", path: "/", aloud: true };
  await createDisplay({ profile: "0badcafe", label: "Travail" }).show("messages", one);
  await createDisplay({ profile: "first", label: undefined }).show("messages", one);
  Object.assign(globalThis, { Notification: Real });
  expect(said).toEqual([
    ["Pli · Travail", "pli-0badcafe-messages", { path: "/", profile: "0badcafe" }],
    ["Pli", "pli-first-messages", { path: "/", profile: "first" }],
  ]);
});
