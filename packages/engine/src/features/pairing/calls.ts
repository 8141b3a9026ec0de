/** Invitations, and how two people become contacts. */
import type { PairingView } from "../../api/views.ts";
import { id, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";
import { flag, optional } from "../../api/shapes.ts";

export const commands = {
  /**
   * Makes an invitation; `base` is the address the link opens, by default the store's own; `name`
   * one's own name for it, up to 64 characters (`name_too_long`, `name_not_allowed`).
   */
  createInvitation: {
    parameters: { base: optional(words), name: optional(words) },
    returns: returns<{ pairing: string }>(),
  },
  /** Gives an invitation another name; empty takes it away. */
  nameInvitation: { parameters: { pairing: id, name: words }, returns: returns<void>(), repeatable: true },
  /**
   * Opens the invitation in `link`, which may be broken into lines or have text around it. A link
   * that was opened here before leads to what became of it. `own`: it is an invitation of one's
   * own; nothing was done, and `pairing` is that invitation.
   */
  acceptInvitation: {
    parameters: { link: words },
    returns: returns<{ pairing: string; own?: true }>(),
    repeatable: true,
  },
  /**
   * On a device that is nobody's yet: makes the link by which it becomes one of somebody's own, or
   * gives the one that is under way; `name` is how it is called there. Rejects with
   * `profile_exists`.
   */
  linkThisDevice: {
    parameters: { name: words, base: optional(words) },
    returns: returns<{ pairing: string }>(),
    repeatable: true,
  },
  /**
   * Opens the link that a new device shows. It becomes one of this person's own once the right
   * digits are typed on both: a day later if the profile is older than that and this person has not
   * just given what unlocks this device (`confirmed`). `not_a_device_link`, `too_many_devices`,
   * `locked_down`.
   */
  addDevice: {
    parameters: { link: words, confirmed: optional(flag) },
    returns: returns<{ pairing: string }>(),
    repeatable: true,
  },
  /**
   * The four digits the other person read out. Wrong: rejects with `code_wrong` (tries are left) or
   * the pairing fails. One's own: `code_own`; not four digits: `code_malformed`; neither costs a
   * try.
   */
  typeCode: { parameters: { pairing: id, digits: words }, returns: returns<void>() },
  /** Ends it on both sides; nothing remains. A finished one is only dismissed from the list. */
  cancelPairing: { parameters: { pairing: id }, returns: returns<void>() },
} as const satisfies DeclaredCommands;

export const queries = {
  pairing: query({
    parameters: { id },
    returns: returns<PairingView | undefined>(),
    topics: () => ["pairings", "status"],
  }),
  /**
   * Pairings that are under way, and those that came to nothing until they are dismissed (at most
   * 50, for 30 days); newest first.
   */
  pairings: query({ parameters: {}, returns: returns<PairingView[]>(), topics: () => ["pairings", "status"] }),
  /** The same for devices: one to let in, or the link by which this one becomes somebody's. */
  devicePairings: query({
    parameters: {},
    returns: returns<PairingView[]>(),
    topics: () => ["pairings", "status"],
  }),
};
