import type { PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { afterEach, expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { ArchiveScreen } from "../src/ui/archive/screen.tsx";
import { choosePlace } from "../src/ui/archive/place.ts";
import { Closed } from "../src/ui/thread/composer/closed.tsx";
import { conversation, fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const NOW = Date.UTC(2026, 10, 30, 12);
const ME = "aa".repeat(32);
const HEADER = JSON.stringify({ format: "pli-export", version: 1, madeAt: NOW, profile: { id: ME, name: "Alice" } });

/** An engine with 1,200 messages of one conversation in pages of 400; each call is noted. */
function fakeEngine() {
  const calls: [string, { write?: boolean; after?: string }][] = [];
  const note =
    <T,>(name: string, answer: (p: never) => T) =>
    async (p?: object) => {
      calls.push([name, p ?? {}]);
      return answer(p as never);
    };
  const api = {
    beginExport: note("beginExport", () => ({
      header: HEADER,
      upTo: 9,
      contacts: 1,
      conversations: 1,
      messages: 1_200,
    })),
    exportPage: note("exportPage", ({ of, after = "0" }: { of: string; after?: string }) => {
      if (of === "contacts") return { lines: ["{}"], leftOut: 0 };
      if (of === "conversations") return { lines: [JSON.stringify({ id: "c0" })], leftOut: 0 };
      if (of === "members") return { lines: [], leftOut: 0 };
      const next = Number(after) + 400;
      return {
        lines: Array.from({ length: 400 }, () => "{}"),
        leftOut: 0,
        ...(next < 1_200 && { next: String(next) }),
      };
    }),
    importNames: note("importNames", ({ contacts }: { contacts: string[] }) => ({
      file: { madeAt: NOW, profile: { id: ME, name: "Alice" } },
      names: contacts.length === 0 ? [] : [{ contact: "b0", from: "Bob", to: "Bobby" }],
    })),
    importPage: note("importPage", ({ messages }: { messages: string[] }) => ({
      added: messages.length,
      here: 0,
      passed: 0,
      isNew: true,
    })),
  };
  return { api: { ...fakeApi({ conversations: [] }), ...(api as unknown as PliApi) }, calls };
}

const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
  if (found === undefined) throw new Error(`no button ${name}, but ${document.body.textContent}`);
  return found;
};
const shown = (text: string) => vi.waitFor(() => expect(document.body.textContent).toContain(text), 20_000);
const words = (): string => document.querySelector("p[translate=no]")?.textContent ?? "";

type Picking = { showSaveFilePicker?: unknown };
const native = (window as Picking).showSaveFilePicker;
const pickWith = (picker: unknown): void => void ((window as Picking).showSaveFilePicker = picker);
afterEach(() => pickWith(native));

/** A real file of the browser's own, as a picked one is. */
async function privateFile(name: string) {
  const root = await navigator.storage.getDirectory();
  return root.getFileHandle(name, { create: true });
}

/** Types the words, chooses the file and reads it. */
async function read(file: Blob, typed: string): Promise<void> {
  const input = document.querySelector<HTMLInputElement>("input[type=file]");
  const transfer = new DataTransfer();
  transfer.items.add(new File([file], "pli.age"));
  if (input === null) throw new Error("no field for a file");
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await userEvent.fill(document.querySelector("textarea") ?? document.body, typed);
  button("Lire le fichier").click();
}

test("everything goes straight into a file, is read back, and its words are shown once", async () => {
  const handle = await privateFile("straight.age");
  pickWith(async () => handle);
  const { api } = fakeEngine();
  show(<WithApi api={api}>{<ArchiveScreen />}</WithApi>);
  await vi.waitFor(() => button("Tout exporter").click());
  await shown("messages de 1 conversation, écrits, relus et comptés.");
  expect(words()).toMatch(/^[a-z]+(-[a-z]+){11}$/u);
  expect((await handle.getFile()).size).toBeGreaterThan(5_000);
  expect(document.body.textContent).not.toContain("Télécharger");
  button("J’ai noté les mots").click();
  await vi.waitFor(() => expect(words()).toBe(""));
});

test("where no file can be written, it is kept to be downloaded; another reads it, asks, and adds", async () => {
  pickWith(undefined);
  const urls: Blob[] = [];
  const create = vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    urls.push(blob as Blob);
    return "blob:none";
  });
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { api, calls } = fakeEngine();
  show(<WithApi api={api}>{<ArchiveScreen />}</WithApi>);
  await shown("Ce navigateur ne sait pas écrire directement dans un fichier");
  button("Tout exporter").click();
  await shown("Télécharger le fichier");
  const passphrase = words();
  button("Télécharger le fichier").click();
  expect(clicked).toHaveBeenCalledOnce();
  create.mockRestore();
  clicked.mockRestore();
  const [file] = urls;
  if (file === undefined) throw new Error("nothing was downloaded");
  button("J’ai noté les mots").click();

  await read(file, "abandon ability");
  await shown("Ces mots n’ouvrent pas ce fichier.");
  await read(file, passphrase.toUpperCase().replaceAll("-", "  "));
  await shown("Il ajouterait");
  await shown("Bobby");
  expect(calls.filter(([, { write }]) => write === true)).toEqual([]);
  button("Ajouter").click();
  await shown("Ajouté");
  const written = calls.filter(([, { write }]) => write === true).map(([name]) => name);
  expect(new Set(written)).toEqual(new Set(["importPage"]));
});

test("names are taken over only when the person turns it on", async () => {
  const { api, calls } = fakeEngine();
  pickWith(undefined);
  const place = await choosePlace("x");
  if (place === undefined) throw new Error("no place");
  const { createPassphrase, exportAll } = await import("@pli/archive");
  const passphrase = createPassphrase();
  await exportAll(api, place, { passphrase });
  show(<WithApi api={api}>{<ArchiveScreen />}</WithApi>);
  await shown("Lire le fichier");
  await read(place.download() ?? new Blob(), passphrase);
  await shown("Appeler");
  document.querySelector<HTMLInputElement>("input[role=switch]")?.click();
  await vi.waitFor(() => expect(document.querySelector<HTMLInputElement>("input[role=switch]")?.checked).toBe(true));
  button("Ajouter").click();
  await shown("Ajouté");
  expect(calls.some(([name, { write }]) => name === "importNames" && write === true)).toBe(true);
});

test("stopped, failed or refused half-way, it leaves no file and says so", async () => {
  const handle = await privateFile("stopped.age");
  pickWith(async () => handle);
  const { api } = fakeEngine();
  const page = api.exportPage;
  const asked = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  api.exportPage = async (p) => {
    if (p.of !== "messages") return page(p);
    asked.resolve();
    await going.promise;
    return page(p);
  };
  show(<WithApi api={api}>{<ArchiveScreen />}</WithApi>);
  await vi.waitFor(() => button("Tout exporter").click());
  await asked.promise;
  button("Annuler").click();
  going.resolve();
  await shown("L’export est arrêté. Aucun fichier n’est resté.");
  const root = await navigator.storage.getDirectory();
  await expect(root.getFileHandle("stopped.age")).rejects.toThrow(/could not be found/u);

  const refused = await privateFile("refused.age");
  pickWith(async () => refused);
  api.exportPage = () => Promise.reject(new PliError("disk_full"));
  button("Tout exporter").click();
  await shown("Le disque est plein.");
  await expect(root.getFileHandle("refused.age")).rejects.toThrow(/could not be found/u);
  pickWith(() => Promise.reject(new DOMException("closed", "AbortError")));
  button("Tout exporter").click();
  await vi.waitFor(() => expect(document.body.textContent).not.toContain("Le disque est plein."));
});

test("a conversation out of a file says what it is, where one would write", async () => {
  const archive = conversation({
    kind: "group",
    state: "left",
    writable: false,
    archive: { importedAt: NOW, ofSelf: true },
  });
  show(<WithApi api={fakeEngine().api}>{<Closed conversation={archive} />}</WithApi>);
  await shown("Importé d’un fichier le 30 novembre 2026.");
});
