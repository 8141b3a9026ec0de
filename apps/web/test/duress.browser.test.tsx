import type { HostApi, HostState } from "@pli/engine-web";
import { PliError } from "@pli/engine/errors";
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { DuressScreen } from "../src/ui/settings/duress.tsx";
import { LockSettings } from "../src/ui/settings/lock-settings.tsx";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const OWN = "cinq petits pas";
type Duress = Parameters<HostApi["setDuress"]>[0];

/** A device that this locks; `OWN` opens it and is taken for nothing else. */
function device(lock: HostState["lock"] = "passphrase") {
  const set: Duress[] = [];
  const host: Partial<HostApi> = {
    watchHost: (listener) => {
      listener({ phase: "open", lock, leader: true });
      return () => undefined;
    },
    confirm: async (secret) => {
      if (!("passphrase" in secret) || secret.passphrase !== OWN) throw new PliError("passphrase_wrong");
    },
    setDuress: async (duress) => {
      if (duress?.passphrase === OWN) throw new PliError("passphrase_in_use");
      set.push(duress);
    },
  };
  return { host, set };
}

const showScreen = ({ host }: ReturnType<typeof device>, screen = <DuressScreen />) =>
  show(
    <WithApi api={fakeApi({ conversations: [] })} host={host}>
      {screen}
    </WithApi>,
  );

const field = (label: string) => page.getByLabelText(label, { exact: true });
const press = (name: string) => userEvent.click(page.getByRole("button", { name }));

async function confirm(passphrase: string): Promise<void> {
  await userEvent.fill(field(fr.lock.field), passphrase);
  await press(fr.lock.open);
}

async function fill(name: string, first: string, again = first): Promise<void> {
  await userEvent.fill(field(fr.duress.name), name);
  await userEvent.fill(field(fr.duress.new), first);
  await userEvent.fill(field(fr.lock.again), again);
  await press(fr.duress.set);
}

test("the present passphrase is asked for before anything can be set, and what it does is said", async () => {
  const one = device();
  showScreen(one);
  await expect.element(page.getByText(fr.duress.lead)).toBeVisible();
  expect(field(fr.duress.new).elements()).toEqual([]);
  await confirm("pas la bonne");
  await expect.element(page.getByRole("alert")).not.toBeEmptyDOMElement();
  expect(page.getByRole("button", { name: fr.duress.remove }).elements()).toEqual([]);
  await confirm(OWN);
  await fill("Camille", "lorem ipsum");
  await expect.element(page.getByText(fr.duress.isSet)).toBeVisible();
  await press(fr.duress.remove);
  await expect.element(page.getByText(fr.duress.isRemoved)).toBeVisible();
  expect(one.set).toEqual([{ name: "Camille", passphrase: "lorem ipsum" }, undefined]);
  await expect.element(field(fr.duress.new)).toHaveValue("");
});

test("one that is short, typed differently, without a name, or in use already is not set", async () => {
  const one = device();
  showScreen(one);
  await confirm(OWN);
  await fill("", "lorem ipsum");
  await fill("Camille", "court");
  await expect.element(page.getByText(fr.lock.short)).toBeVisible();
  await fill("Camille", "lorem ipsum", "lorem dolor");
  await expect.element(page.getByText(fr.lock.differ)).toBeVisible();
  await fill("Camille", OWN);
  await expect.element(page.getByText(/sert déjà ici à autre chose/u)).toBeVisible();
  expect(one.set).toEqual([]);
});

test("without a passphrase there is none to set, and a way to set a lock", async () => {
  for (const lock of ["none", "passkey"] as const) {
    const shown = showScreen(device(lock));
    await expect.element(page.getByText(fr.duress.needed)).toBeVisible();
    await expect.element(page.getByRole("link", { name: fr.duress.toLock })).toBeVisible();
    shown.unmount();
  }
});

test("the settings of the lock lead to it where a passphrase locks, and say no more of it", async () => {
  const shown = showScreen(device(), <LockSettings />);
  const link = page.getByRole("link", { name: fr.duress.title });
  await expect.element(link).toBeVisible();
  expect(link.element().textContent).toBe(fr.duress.title);
  shown.unmount();
  showScreen(device("none"), <LockSettings />);
  await expect.element(page.getByText(fr.lock.lead)).toBeVisible();
  expect(link.elements()).toEqual([]);
});
