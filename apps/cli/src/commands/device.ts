import type { ComingDeviceView, DeviceView, HistoryView, PliApi } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { findOne, shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { extra, missing } from "../line/errors.ts";
import { deviceFace } from "../pairing/device-face.ts";
import { historyFields } from "../pairing/history.ts";
import { runPairing } from "../pairing/run.ts";
import { askWords } from "../recovery/ask-words.ts";
import { commandOf, type Subcommand } from "./subcommand.ts";

const list: Subcommand<{ what: "list" }> = {
  what: "list",
  acts: false,
  read: (words) => extra(words, 0) ?? { what: "list" },
  run: async ({ context, api }) => {
    const devices = await api.read("devices", {});
    for (const device of devices)
      show(
        context,
        device,
        devices.find(({ id }) => id === device.addedBy),
      );
    for (const coming of await api.read("comingDevices", {})) showComing(context, coming);
    showHistory(context, await api.read("history", {}));
    return EXIT.done;
  },
};

/** Lets a device in that shows a link. */
const add: Subcommand<{ what: "add"; link: string | undefined }> = {
  what: "add",
  acts: true,
  // A shell makes several words of a link with spaces in it.
  read: (words) => ({ what: "add", link: words.length === 0 ? undefined : words.join(" ") }),
  run: async ({ context, api }, { link }) => {
    const { globals, say, style, words, world } = context;
    const given = link ?? (await world.stdin.line(globals.json ? "" : words.ask.link));
    if (given === undefined) throw new Failure("not_a_device_link");
    // This command has just opened the home by it.
    const confirmed = (await world.homeStatus(context.home)) === "passphrase";
    const { pairing } = await api.addDevice({ link: given, confirmed });
    const { device, peer, until } = await runPairing(api, pairing, deviceFace(context), world.onInterrupt);
    if (until !== undefined) {
      emitComing(context, { id: device, until });
      say(`\n${style.warning(words.devices.comesIn(nameForQuotes(peer ?? "?"), context.when.moment(until)))}`);
      return EXIT.done;
    }
    emitLinked(context, device);
    say(`\n${style.bold(words.devices.linkedOld(nameForQuotes(peer ?? "?")))}`);
    return EXIT.done;
  },
};

/** Stops a device that is to come in. */
const cancel: Subcommand<{ what: "cancel"; device: string }> = {
  what: "cancel",
  acts: true,
  read: ([device, ...rest]) =>
    device === undefined ? missing("DEVICE") : (extra(rest, 0) ?? { what: "cancel", device }),
  run: async ({ context, api }, { device }) => {
    const coming = (await api.read("comingDevices", {})).map((one) => ({ ...one, given: true }));
    const one = findOne(context, coming, device, () => new Failure("device_unknown"));
    await api.cancelDevice({ device: one.id });
    context.emit({ event: "cancelled", device: one.id });
    context.say(context.words.devices.cancelled(nameForQuotes(one.name)));
    return EXIT.done;
  },
};

const rename: Subcommand<{ what: "rename"; device: string; name: string }> = {
  what: "rename",
  acts: true,
  read: ([device, name, ...rest]) => {
    if (device === undefined) return missing("DEVICE");
    return name === undefined ? missing("NAME") : (extra(rest, 0) ?? { what: "rename", device, name });
  },
  run: async ({ context, api }, { device, name }) => {
    const one = await findDevice(context, api, device);
    await api.renameDevice({ device: one.id, name });
    context.emit({ event: "device", ...deviceFields({ ...one, name }) });
    const { devices } = context.words;
    context.say(name === "" ? devices.unnamedNow : devices.renamed(nameForQuotes(name)));
    return EXIT.done;
  },
};

interface Removing {
  what: "remove";
  device: string;
  /** Somebody may have its keys: this device takes others, by the recovery words. */
  stolen: boolean;
}

const remove: Subcommand<Removing> = {
  what: "remove",
  acts: true,
  options: { stolen: { type: "boolean" } },
  read: ([device, ...rest], { flags }) =>
    device === undefined
      ? missing("DEVICE")
      : (extra(rest, 0) ?? { what: "remove", device, stolen: flags.has("stolen") }),
  run: async ({ context, api }, { device, stolen }) => {
    const one = await findDevice(context, api, device);
    if (stolen) return shutOut(context, api, one);
    await api.removeDevice({ device: one.id });
    context.emit({ event: "removed", device: deviceFields(one) });
    context.say(context.words.devices.removed(quoted(one)));
    return EXIT.done;
  },
};

async function shutOut(context: Context, api: PliApi, one: DeviceView): Promise<ExitCode> {
  const { emit, say, style, words } = context;
  const all = await api.read("devices", {});
  const { out } = await askWords(context, (typed) => api.declareStolen({ device: one.id, words: typed }));
  const others = all.filter(({ id }) => id !== one.id && out.includes(id));
  emit({ event: "removed", device: deviceFields(one), stolen: true, also: others.map(deviceFields) });
  say(style.bold(words.devices.stolen(quoted(one))));
  for (const other of others) say(words.devices.linkAgain(quoted(other)));
  return EXIT.done;
}

const quoted = ({ id, name }: DeviceView): string => nameForQuotes(name === "" ? shortId(id) : name);

/** Shows and changes the devices of this person. */
export const device = commandOf("device", [list, add, cancel, rename, remove]);

/** Both devices end with the new one's identifier. */
export const emitLinked = ({ emit }: Context, device: string | undefined): void =>
  emit({ event: "linked", device: device ?? null });

/** A device is to come in no earlier than `until`. The new one does not know its id yet. */
export const emitComing = (
  { emit }: Context,
  { id, until, name }: { id: string | undefined; until: number; name?: string },
): void => emit({ event: "coming", device: id ?? null, until, ...(name !== undefined && { name }) });

function showComing(context: Context, { id, name, until }: ComingDeviceView): void {
  const { say, style, when, words } = context;
  emitComing(context, { id, until, name });
  say(style.warning(words.devices.coming(nameForQuotes(name), when.moment(until), shortId(id))));
}

async function findDevice(context: Context, api: PliApi, query: string): Promise<DeviceView> {
  const nameable = (await api.read("devices", {})).map((one) => ({ ...one, given: true }));
  const { none } = context.words.devices;
  return findOne(context, nameable, query, () => new Failure("device_unknown", { advice: none }));
}

/** `by`: the device that let it in. */
function show({ emit, say, style, when, words, world }: Context, device: DeviceView, by = device): ExitCode {
  emit({ event: "device", ...deviceFields(device) });
  const { devices } = words;
  if (device.isRemoved) say(style.warning(devices.removedHere));
  else {
    const name = device.name === "" ? style.dim(devices.unnamed) : shownName(device.name);
    const own = device.isThis ? `  ${style.dim(devices.this)}` : "";
    const giver = by.id === device.id ? undefined : by.name === "" ? shortId(by.id) : shownName(by.name);
    const isToday = when.dayKey(device.lastSeen) === when.dayKey(world.clock.now());
    const seen = device.isThis ? "" : `, ${devices.seen(isToday ? undefined : when.dayKey(device.lastSeen))}`;
    say(`${shortId(device.id)}  ${name}  ${devices.added(when.moment(device.addedAt), giver)}${seen}${own}`);
    if (device.returning?.step === "entering") say(devices.returningIn);
    if (device.returning?.step === "asked") say(style.warning(devices.returning(when.moment(device.returning.since))));
    if (device.backBy !== undefined) say(style.warning(devices.idle(quoted(device), when.dayKey(device.backBy))));
  }
  return EXIT.done;
}

/** What is on its way to this device, and from it to others. */
function showHistory({ emit, say, style, words }: Context, { conversations, incoming, outgoing }: HistoryView): void {
  if (conversations !== undefined) {
    emit({ event: "conversations", ...conversations });
    say(style.dim(words.devices.entering(conversations)));
  }
  if (incoming !== undefined && incoming.step !== "complete") {
    emit({ event: "history", ...historyFields(incoming) });
    say(style.dim(words.devices.history(incoming)));
  }
  for (const { device: to, messages, sent } of outgoing) {
    emit({ event: "history-sent", to, messages, sent });
    say(style.dim(words.devices.historySent(shortId(to), { sent, messages })));
  }
}

/** A device in JSON: the shape of docs/cli.md. */
const deviceFields = ({ id, name, addedAt, addedBy, lastSeen, backBy, isThis, isRemoved, returning }: DeviceView) => ({
  id,
  name,
  addedAt,
  addedBy,
  lastSeen,
  ...(backBy !== undefined && { backBy }),
  this: isThis,
  removed: isRemoved,
  ...(returning && { returning }),
});
