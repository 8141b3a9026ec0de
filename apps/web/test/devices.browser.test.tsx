import type { DeviceView, HistoryView, PairingView, PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import type { HostApi, HostState } from "@pli/engine-web";
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { AddDeviceScreen } from "../src/ui/devices/add.tsx";
import { deviceGuess } from "../src/ui/devices/guess.ts";
import { ComingLine } from "../src/ui/devices/coming-line.tsx";
import { GoneLine } from "../src/ui/devices/gone-line.tsx";
import { HistoryLine } from "../src/ui/devices/history-line.tsx";
import { IdleLine } from "../src/ui/devices/idle-line.tsx";
import { ReturningLine } from "../src/ui/devices/returning-line.tsx";
import { DevicesScreen } from "../src/ui/devices/list.tsx";
import { refuseDeviceLink } from "../src/ui/devices/sent.ts";
import { PairingScreen } from "../src/ui/pairing/pairing.tsx";
import { navigate } from "../src/ui/router.tsx";
import { Start } from "../src/ui/start/start.tsx";
import { fr } from "../src/words/fr.ts";
import { fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const hostLockedBy = (lock: HostState["lock"]): Partial<HostApi> => ({
  watchHost: (listener) => {
    listener({ phase: "open", lock, leader: true });
    return () => undefined;
  },
});

const words = fr.devices;
const device = (id: string, more: Partial<DeviceView> = {}): DeviceView => ({
  id,
  name: "",
  addedAt: Date.UTC(2026, 10, 20),
  addedBy: "a",
  lastSeen: Date.UTC(2026, 10, 20),
  isThis: false,
  isRemoved: false,
  ...more,
});
const [HERE, PHONE] = [device("a", { isThis: true }), device("b", { name: "Téléphone" })];
const pairing: PairingView = {
  id: "p",
  purpose: "device",
  role: "responder",
  name: "",
  step: "code",
  createdAt: 0,
  expiresAt: 0,
  peer: "Téléphone",
  say: "0407",
  attemptsLeft: 3,
};

afterEach(() => navigate("/", { replace: true }));

function showDevices(devices: DeviceView[], calls: Partial<PliApi> = {}, history: HistoryView = { outgoing: [] }) {
  return show(
    <WithApi api={fakeApi({ devices, devicePairings: [], history }, calls)}>
      <DevicesScreen />
    </WithApi>,
  );
}

test("each device says when it was added, and from which other one", async () => {
  const laptop = device("a", { name: "Portable", isThis: true });
  const tablet = device("c", { name: "Tablette", addedBy: "b" });
  showDevices([laptop, PHONE, tablet, device("d", { name: "Vieux", addedBy: "gone" })]);
  const date = "20 novembre 2026";
  await expect.element(page.getByText(words.addedHere(date), { exact: true })).toBeVisible();
  await expect.element(page.getByText(`${words.addedOn(date)} ${words.addedFromThis}`, { exact: true })).toBeVisible();
  await expect
    .element(page.getByText(`${words.addedOn(date)} ${words.addedFrom("Téléphone")}`, { exact: true }))
    .toBeVisible();
  await expect.element(page.getByText(words.addedOn(date), { exact: true })).toBeVisible();
});

const choose = async (name: string, action: string) => {
  await userEvent.click(page.getByRole("button", { name: words.actions(name) }));
  await userEvent.click(page.getByRole("menuitem", { name: action }));
};

test("one device alone says what its loss would mean, and offers another", async () => {
  showDevices([HERE]);
  await expect.element(page.getByText(words.only)).toBeVisible();
  await userEvent.click(page.getByRole("button", { name: words.add }));
  expect(location.pathname).toBe("/settings/devices/add");
});

test("a device is renamed, and this one cannot be removed here", async () => {
  const renameDevice = vi.fn<PliApi["renameDevice"]>(() => Promise.resolve());
  showDevices([HERE, PHONE], { renameDevice });
  await choose("Téléphone", words.rename);
  await page.getByLabelText(words.name).fill("Bureau");
  await userEvent.click(page.getByRole("button", { name: fr.app.save }));
  expect(renameDevice.mock.calls).toEqual([[{ device: "b", name: "Bureau" }]]);
  await userEvent.click(page.getByRole("button", { name: words.actions(words.this) }));
  expect(page.getByRole("menuitem").elements()).toHaveLength(1);
});

test("a device is removed once that is confirmed, with what it does not do", async () => {
  const removeDevice = vi.fn<PliApi["removeDevice"]>(() => Promise.resolve());
  showDevices([HERE, PHONE], { removeDevice });
  await choose("Téléphone", words.lost);
  await expect.element(page.getByText(words.removeText)).toBeVisible();
  expect(removeDevice).not.toHaveBeenCalled();
  await userEvent.click(page.getByRole("button", { name: words.remove, exact: true }));
  expect(removeDevice.mock.calls).toEqual([[{ device: "b" }]]);
  await expect.element(page.getByText(words.removed("Téléphone"))).toBeVisible();
});

test("a stolen device is shut out by the recovery words, and what it had added goes too", async () => {
  const declareStolen = vi.fn<PliApi["declareStolen"]>((asked) =>
    Promise.resolve(asked.words === "faux" ? { code: "recovery_words_of_another" } : { out: ["b", "c"] }),
  );
  showDevices([HERE, PHONE], { declareStolen });
  await choose("Téléphone", words.stolen);
  await expect.element(page.getByText(words.stolenText)).toBeVisible();
  await expect.element(page.getByLabelText(fr.recovery.field)).toHaveFocus();
  await userEvent.click(page.getByRole("button", { name: fr.app.cancel }));
  await expect.element(page.getByText(words.stolenText)).not.toBeInTheDocument();
  await choose("Téléphone", words.stolen);
  await page.getByLabelText(fr.recovery.field).fill("faux");
  await userEvent.click(page.getByRole("button", { name: words.stolenGo }));
  await expect.element(page.getByRole("button", { name: words.stolenGo })).toBeVisible();
  await page.getByLabelText(fr.recovery.field).fill("les bons mots");
  await userEvent.click(page.getByRole("button", { name: words.stolenGo }));
  await expect.element(page.getByText(words.stolenDone("Téléphone", 1))).toBeVisible();
  expect(declareStolen.mock.lastCall).toEqual([{ device: "b", words: "les bons mots" }]);
});

test("before the words of a stolen device the lock is asked for again", async () => {
  show(
    <WithApi api={fakeApi({ devices: [HERE, PHONE], devicePairings: [] }, {})} host={hostLockedBy("passphrase")}>
      <DevicesScreen />
    </WithApi>,
  );
  await choose("Téléphone", words.stolen);
  await expect.element(page.getByText(words.stolenLock)).toBeVisible();
  expect(page.getByLabelText(fr.recovery.field).elements()).toEqual([]);
});

test("a device that a thief removed can still shut the thief's device out", async () => {
  showDevices([device("a", { isThis: true, isRemoved: true }), PHONE]);
  await expect.element(page.getByText(words.goneStolen)).toBeVisible();
  await choose("Téléphone", words.stolen);
  await expect.element(page.getByLabelText(fr.recovery.field)).toBeVisible();
});

test("a device that was off for long is to be opened before a day, and others say when they were seen", async () => {
  const day = 86_400_000;
  const now = Date.now();
  const old = device("b", { name: "Vieux", lastSeen: Date.UTC(2026, 10, 1), backBy: Date.UTC(2026, 11, 1) });
  const others = [device("c", { lastSeen: now - day }), device("d", { lastSeen: now })];
  const devices = [HERE, old, ...others];
  showDevices(devices);
  await expect.element(page.getByText(words.seenOn("1 novembre 2026"), { exact: true })).toBeVisible();
  await expect.element(page.getByText(words.seenYesterday, { exact: true })).toBeVisible();
  await expect.element(page.getByText(words.seenToday, { exact: true })).toBeVisible();
  await expect.element(page.getByText(words.idle("1 décembre 2026"))).toBeVisible();
  show(
    <WithApi api={fakeApi({ devices })}>
      <IdleLine />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: words.idleLine("Vieux", "1 décembre 2026") })).toBeVisible();
});

test("a device on its way back says since when, what it waits for, and the way out", async () => {
  const since = Date.UTC(2026, 10, 1);
  const waiting = [{ ...HERE, returning: { since, step: "asked" } } as const, PHONE];
  showDevices(waiting);
  await expect.element(page.getByText(words.returningAsked("1 novembre 2026"))).toBeVisible();
  await expect.element(page.getByText(words.returningOut)).toBeVisible();
  show(
    <WithApi api={fakeApi({ devices: waiting })}>
      <ReturningLine />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: words.returningLine("1 novembre 2026") })).toBeVisible();
});

test("a device that is let in again, or has just begun to wait, does not ask for anything", async () => {
  const entering = [{ ...HERE, returning: { since: 0, step: "entering" } } as const, PHONE];
  showDevices(entering);
  await expect.element(page.getByText(words.returningEntering)).toBeVisible();
  expect(page.getByText(words.returningOut).elements()).toEqual([]);
  const fresh = [{ ...HERE, returning: { since: Date.now(), step: "asked" } } as const, PHONE];
  for (const [devices, below] of [
    [entering, "first list"],
    [fresh, "second list"],
  ] as const) {
    show(
      <WithApi api={fakeApi({ devices })}>
        <ReturningLine />
        <p>{below}</p>
      </WithApi>,
    );
    await expect.element(page.getByText(below)).toBeVisible();
  }
  expect(page.getByText(/pour revenir/u).elements()).toEqual([]);
});

test("a new device says how many conversations are here, above them and among the devices", async () => {
  const history: HistoryView = { conversations: { here: 12, all: 300 }, outgoing: [] };
  showDevices([HERE, PHONE], {}, history);
  await expect.element(page.getByText("12 sur 300 conversations sont arrivées.")).toBeVisible();
  await expect.element(page.getByText(words.enteringHow)).toBeVisible();
  show(
    <WithApi api={fakeApi({ history })}>
      <HistoryLine />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: words.entering(12, 300) })).toBeVisible();
});

test("a device that is to come in is said above the conversations, and stopped among the devices", async () => {
  const cancelDevice = vi.fn<PliApi["cancelDevice"]>(() => Promise.resolve());
  const until = Date.UTC(2026, 11, 1, 12);
  const comingDevices = [{ id: "d", name: "Inconnu", until, by: "a" }];
  const devicePairings: PairingView[] = [{ ...pairing, step: "confirming", peer: "Inconnu", until }];
  show(
    <WithApi
      api={fakeApi(
        { devices: [HERE, PHONE], devicePairings, history: { outgoing: [] }, comingDevices },
        { cancelDevice },
      )}
    >
      <ComingLine />
      <DevicesScreen />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: /Inconnu/u })).toBeVisible();
  await expect.element(page.getByText(words.open, { exact: true })).not.toBeInTheDocument();
  await userEvent.click(page.getByRole("button", { name: words.comingStop }));
  expect(cancelDevice).toHaveBeenCalledWith({ device: "d" });
});

test("where nothing locks an older device, it says that the new one has to wait, and where a lock does, it says so to the engine", async () => {
  const addDevice = vi.fn<PliApi["addDevice"]>(() => Promise.resolve({ pairing: "p" }));
  show(
    <WithApi
      api={fakeApi({ devices: [device("a", { isThis: true, addedAt: 0 })] }, { addDevice })}
      host={hostLockedBy("none")}
    >
      <AddDeviceScreen />
    </WithApi>,
  );
  await expect.element(page.getByText(words.lockless)).toBeVisible();
  await page.getByLabelText(words.field).fill("https://pli.example/d#abc");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() =>
    expect(addDevice).toHaveBeenCalledWith({ link: "https://pli.example/d#abc", confirmed: false }),
  );
});

test("eight devices are all there can be", async () => {
  showDevices(Array.from({ length: 8 }, (_, index) => device(String(index), { isThis: index === 0 })));
  await expect.element(page.getByText(words.full)).toBeVisible();
  expect(page.getByRole("button", { name: words.add }).elements()).toEqual([]);
});

test("a device that was removed says so, above the conversations and in the settings", async () => {
  const gone = [device("a", { isThis: true, isRemoved: true })];
  showDevices(gone);
  await expect.element(page.getByText(words.goneText)).toBeVisible();
  expect(page.getByRole("button", { name: words.add }).elements()).toEqual([]);
  await expect.element(page.getByRole("button", { name: fr.storage.erase })).toBeVisible();
  show(
    <WithApi api={fakeApi({ devices: gone })}>
      <GoneLine />
    </WithApi>,
  );
  await expect.element(page.getByRole("link", { name: words.gone })).toBeVisible();
});

test("a link that was opened outside Pli does nothing but warn", async () => {
  const addDevice = vi.fn<PliApi["addDevice"]>();
  history.replaceState({}, "", "/d#secret");
  refuseDeviceLink();
  expect(location.href).not.toContain("secret");
  show(
    <WithApi api={fakeApi({}, { addDevice })} host={hostLockedBy("none")}>
      <AddDeviceScreen />
    </WithApi>,
  );
  await expect.element(page.getByText(words.sentText)).toBeVisible();
  await expect.element(page.getByLabelText(words.field)).toHaveValue("");
  expect(addDevice).not.toHaveBeenCalled();
});

test("where a passphrase opens Pli, it is asked for again before a device is let in", async () => {
  show(
    <WithApi api={fakeApi({})} host={hostLockedBy("passphrase")}>
      <AddDeviceScreen />
    </WithApi>,
  );
  await expect.element(page.getByText(words.confirmLock)).toBeVisible();
  expect(page.getByLabelText(words.field).elements()).toEqual([]);
});

test("a link of another kind is refused by its reason", async () => {
  const addDevice: PliApi["addDevice"] = () => Promise.reject(new PliError("not_a_device_link"));
  show(
    <WithApi api={fakeApi({}, { addDevice })} host={hostLockedBy("none")}>
      <AddDeviceScreen />
    </WithApi>,
  );
  await page.getByLabelText(words.field).fill("https://pli.example/i#abc");
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByText(/Ce n’est pas un lien d’appareil/u)).toBeVisible();
});

test("before the digits are typed, it says what is about to happen", async () => {
  show(
    <WithApi api={fakeApi({ pairing })}>
      <main>
        <PairingScreen id="p" />
      </main>
    </WithApi>,
  );
  await expect.element(page.getByText(words.confirm("Téléphone"))).toBeVisible();
  await expect.element(page.getByLabelText(words.code.type(""))).toHaveFocus();
});

test("a device that is nobody's yet takes a name, then shows its link", async () => {
  const linkThisDevice = vi.fn<PliApi["linkThisDevice"]>(() => Promise.resolve({ pairing: "p" }));
  show(
    <WithApi api={fakeApi({ devicePairings: [] }, { linkThisDevice })}>
      <Start />
    </WithApi>,
  );
  await userEvent.click(page.getByRole("button", { name: words.here }));
  await page.getByLabelText(words.hereName).fill("Portable");
  await userEvent.click(page.getByRole("button", { name: words.hereGo }));
  expect(linkThisDevice.mock.calls).toEqual([[{ name: "Portable" }]]);
});

test("a link under way is shown again after a reload", async () => {
  const link = "https://pli.example/d#abc";
  const waiting: PairingView = { ...pairing, role: "inviter", step: "waiting", link };
  show(
    <WithApi api={fakeApi({ devicePairings: [waiting] })}>
      <Start />
    </WithApi>,
  );
  await expect.element(page.getByLabelText(words.link)).toHaveValue(link);
  await expect.element(page.getByRole("img", { name: words.qr })).toBeVisible();
});

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    "Chrome, Linux",
  ],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1",
    "Safari, iPhone",
  ],
  ["Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36 EdgA/156.0", "Edge, Android"],
  ["curl/8", "Pli"],
])("%s goes by a name that its owner would give it", (agent, name) => {
  expect(deviceGuess(agent)).toBe(name);
});

const incoming = (more: Partial<NonNullable<HistoryView["incoming"]>>): HistoryView => ({
  incoming: {
    from: "b",
    step: "older",
    conversations: 3,
    conversationsDone: 1,
    messages: 2_000,
    messagesDone: 500,
    askedAt: 0,
    ...more,
  },
  outgoing: [],
});

test("what was said before: the list says how much is here, and among the devices where it comes from", async () => {
  const view = show(
    <WithApi api={fakeApi({ history: incoming({}) })}>
      <HistoryLine />
    </WithApi>,
  );
  await expect.element(page.getByText(words.historyComing(500, 2_000))).toBeVisible();
  view.unmount();
  showDevices([HERE, PHONE], {}, incoming({ step: "asked", messages: 0, messagesDone: 0 }));
  await expect.element(page.getByText(words.historyAsked)).toBeVisible();
  await expect.element(page.getByText(words.historyHow("Téléphone"))).toBeVisible();
});

test("what was said before: nothing is said once all is here, and what is lost for good is said", async () => {
  const view = show(
    <WithApi api={fakeApi({ history: incoming({ step: "complete" }) })}>
      <HistoryLine />
    </WithApi>,
  );
  expect(view.element.textContent).toBe("");
  view.unmount();
  showDevices([HERE], {}, incoming({ step: "gone", from: "" }));
  await expect.element(page.getByText(words.historyGone)).toBeVisible();
});

test("what other devices have yet to get from here stands among the devices", async () => {
  showDevices([HERE, PHONE], {}, { outgoing: [{ device: "b", messages: 10, sent: 4 }] });
  await expect.element(page.getByText(words.historySent("Téléphone", 4, 10))).toBeVisible();
});
