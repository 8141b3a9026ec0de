import { concat, toHex, utf8 } from "@pli/protocol/crypto";
import {
  createInvitationLink,
  inviterStart,
  parseInvitationLink,
  responderStart,
  type PairingEffect,
  type PairingState,
  type Purpose,
} from "@pli/protocol/pairing";
import type { PairingView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import { FEED } from "../../delivery/port.ts";
import type { Stores } from "../../delivery/stores.ts";
import { nameOfOnesOwn } from "../../people/allowed-name.ts";
import type { Profiles } from "../../people/profile.ts";
import { codeFrom } from "./effects.ts";
import { show, type KeptView, type PairingRow } from "./pairing-row.ts";
import type { PairingRunner } from "./pairing-runner.ts";
import { deletePairing, findPairingByMark, getPairing, savePairing } from "./pairings.table.ts";

const INVITATION_MS = 7 * 86_400_000;
/** Somebody is at both devices. */
const DEVICE_LINK_MS = 3_600_000;
const MARK_BYTES = 16;

/** How an opening ended that may well end otherwise another time; the rest is over for good. */
const TRY_AGAIN: ReadonlySet<string> = new Set([
  "invitation_not_found",
  "invitation_newer",
  "invitation_expired",
  "pairing_clocks_differ",
]);

/** What a person does with the pairings of this device. */
export interface Pairings {
  invite(tx: Tx, p: { purpose: Purpose; store: string; base: string; name: string }): Promise<string>;
  name(tx: Tx, id: string, name: string): Promise<void>;
  /**
   * `store`: where it has to be looked for. `own`: an invitation of one's own, which stays as it
   * is.
   */
  accept(tx: Tx, purpose: Purpose, link: string): Promise<{ pairing: string; store?: string; own?: true }>;
  /** Its store; and what to tell, once this is saved, unless the digits were right. */
  type(tx: Tx, id: string, digits: string): Promise<{ store: string; wrong: ErrorCode | undefined }>;
  cancel(tx: Tx, id: string): Promise<void>;
}

export function createPairings(
  context: Context,
  deps: { profiles: Profiles; stores: Pick<Stores, "now">; runner: PairingRunner },
): Pairings {
  const { crypto, clock } = context;
  const { profiles, runner } = deps;
  const seconds = (): number => Math.floor(clock.now() / 1000);

  async function invite(
    tx: Tx,
    wanted: { purpose: Purpose; store: string; base: string; name: string },
  ): Promise<string> {
    const { purpose, store, base } = wanted;
    const ownName = nameOfOnesOwn(wanted.name);
    const now = clock.now();
    const expiresAt = now + (purpose === "device" ? DEVICE_LINK_MS : INVITATION_MS);
    // A device that is nobody's yet shows its own name.
    const name = purpose === "device" ? ownName : (await profiles.get(tx)).card.name;
    const started = inviterStart({
      crypto,
      purpose,
      now: seconds(),
      expiresAt: Math.floor(expiresAt / 1000),
      name,
      store,
      feed: FEED,
    });
    const link = createInvitationLink(crypto, { base, purpose, store, secret: started.secret });
    const view = { purpose, step: "waiting", name: ownName, mark: markOf(started.secret), link, expiresAt } as const;
    return begin(tx, { role: "inviter", store, state: started.state, view }, started.effects);
  }

  /**
   * Nothing is put or burned for a link that was opened here before, nor for one that was made
   * here.
   */
  async function accept(
    tx: Tx,
    purpose: Purpose,
    link: string,
  ): Promise<{ pairing: string; store?: string; own?: true }> {
    await profiles.get(tx);
    const invitation = parseInvitationLink(crypto, link);
    if (!invitation.ok) throw new PliError(invitation.error);
    const { secret } = invitation.value;
    if (invitation.value.purpose !== purpose)
      throw new PliError(purpose === "person" ? "device_link" : "not_a_device_link");
    const mark = markOf(secret);
    const known = await findPairingByMark(tx, mark);
    if (known?.role === "inviter") return { pairing: known.id, own: true };
    const store = deps.stores.now(invitation.value.store);
    if (known !== undefined && !TRY_AGAIN.has(known.error ?? "")) return { pairing: known.id, store };
    if (known !== undefined) await deletePairing(tx, known.id);
    // What was sealed before the store moved names the address of the link.
    const started = responderStart({
      crypto,
      purpose,
      now: seconds(),
      secret,
      store: invitation.value.store,
      feed: FEED,
    });
    const view = { purpose, step: "opening", name: "", mark, expiresAt: clock.now() + INVITATION_MS } as const;
    const pairing = await begin(tx, { role: "responder", store, state: started.state, view }, started.effects);
    return { pairing, store };
  }

  /** By this a link is known again when its secret is forgotten. */
  function markOf(secret: Uint8Array): string {
    return toHex(crypto.sha256(concat(utf8("pli invitation mark v1"), secret)).subarray(0, MARK_BYTES));
  }

  async function name(tx: Tx, id: string, wanted: string): Promise<void> {
    const row = await getPairing(tx, id);
    show(row, { name: nameOfOnesOwn(wanted) });
    await savePairing(tx, row, row.state);
  }

  async function begin(
    tx: Tx,
    fresh: {
      role: "inviter" | "responder";
      store: string;
      state: PairingState;
      view: Partial<PairingView> & Pick<KeptView, "expiresAt" | "mark" | "name" | "purpose">;
    },
    effects: readonly PairingEffect[],
  ): Promise<string> {
    const id = toHex(crypto.random(16));
    const createdAt = clock.now();
    const { role, store, state } = fresh;
    const view: KeptView = { id, role, createdAt, attemptsLeft: 3, step: "waiting", ...fresh.view };
    const nothing = { keyPackage: undefined, keyPackageSecret: undefined, groupState: undefined };
    const row: PairingRow = { id, role, store, state, view, ...nothing };
    await runner.begin(tx, row, effects);
    return id;
  }

  async function type(tx: Tx, id: string, digits: string): ReturnType<Pairings["type"]> {
    const row = await getPairing(tx, id);
    if (row.view.step !== "code") throw new PliError("pairing_unknown");
    return { store: row.store, wrong: await typed(tx, row, digits.replaceAll(/[\s\p{Pd}.]/gu, "")) };
  }

  async function typed(tx: Tx, { id, view }: PairingRow, digits: string): Promise<ErrorCode | undefined> {
    if (!/^[0-9]{4}$/.test(digits)) return "code_malformed";
    await runner.handle(tx, id, { type: "typed", digits });
    const after = await getPairing(tx, id);
    if (after.view.step === "failed") return codeFrom(after.view.error ?? "");
    if (after.view.attemptsLeft < view.attemptsLeft) return "code_wrong";
    if (after.state.phase === "codes" && !after.state.heard) return "code_own";
    if (after.view.step !== "code") return undefined;
    show(after, { step: "confirming" });
    await savePairing(tx, after, after.state);
  }

  async function cancel(tx: Tx, id: string): Promise<void> {
    await getPairing(tx, id);
    await runner.handle(tx, id, { type: "cancel" });
    await deletePairing(tx, id);
  }

  return { invite, name, accept, type, cancel };
}
