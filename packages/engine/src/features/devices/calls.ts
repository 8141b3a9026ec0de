/** The devices of this person. */
import type { ComingDeviceView, DeviceView } from "../../api/views.ts";
import { id, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";

export const commands = {
  /**
   * A name for a device, which only this person's devices know; empty takes it away.
   * `device_unknown`.
   */
  renameDevice: { parameters: { device: id, name: words }, returns: returns<void>(), repeatable: true },
  /**
   * Takes a device out of the list and out of every conversation. It reads nothing that is written
   * after that. What it has, it keeps; all who have it could still pass for this person with others
   * until the identity keys are changed. `device_unknown`: there is none, or it is this one.
   */
  removeDevice: { parameters: { device: id }, returns: returns<void>() },
  /** A device that is to come does not: `device_unknown`, there is none. From any own device. */
  cancelDevice: { parameters: { device: id }, returns: returns<void>() },
} as const satisfies DeclaredCommands;

export const queries = {
  /** Oldest first; this one too when it was removed. */
  devices: query({ parameters: {}, returns: returns<DeviceView[]>(), topics: () => ["devices"] }),
  /**
   * Those that are to come in, because nobody has shown to be this person where they are let in.
   */
  comingDevices: query({ parameters: {}, returns: returns<ComingDeviceView[]>(), topics: () => ["devices"] }),
};
