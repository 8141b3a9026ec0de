/** What this device answers to those who cannot go on in a group. */
import type { MemberState, StandingCode } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import type { Conversation } from "../../epochs/conversations.table.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { placeOf } from "./places.ts";
import type { Talk } from "./talk.ts";

/** No device is answered more often than this in one epoch. */
const ANSWER_AGAIN_MS = 2_000;
/** Of more answers than these the oldest are forgotten: the budget of each contact bounds them. */
const REMEMBERED = 1_000;
const CODES: Readonly<Record<MemberState, StandingCode>> = { goesOn: 0, stuck: 1, out: 2 };

export interface RejoinAnswers {
  /** Says where this device stands: the epoch that it holds, and the leaf that is theirs in it. */
  answer(tx: Tx, contact: Contact, conversation: Conversation, said: Said): Promise<void>;
  /** Tells somebody that they are not in this group. `asker`: their device that asks. */
  refuse(tx: Tx, contact: Contact, conversation: Conversation, asker?: string): Promise<void>;
}

interface Said {
  readonly standing: MemberState;
  readonly held?: HeldEpoch | undefined;
  readonly leaf?: Member | undefined;
  /** Of the leaf, where it is not the device that asks. */
  readonly device?: string | undefined;
  /** The device that asks; undefined: nobody asks, or all their devices are to hear it. */
  readonly asker?: string;
}

export function createRejoinAnswers(
  { budgets, clock, groups }: Context,
  { epochs, talk }: { epochs: Epochs; talk: Talk },
): RejoinAnswers {
  const answered = new Map<string, { at: number; epoch: number }>();

  async function answer(tx: Tx, contact: Contact, conversation: Conversation, said: Said): Promise<void> {
    const { standing, held, leaf, device, asker } = said;
    if (!(await mayAnswer(tx, contact, conversation, asker))) return;
    const isOther = leaf !== undefined && device !== undefined;
    await talk.send(tx, contact.conversation, {
      name: "group-rejoin-answer",
      conversation: conversation.shared,
      standing: CODES[standing],
      place: held === undefined ? null : placeOf(groups, held),
      leaf: leaf?.encryptionKey ?? new Uint8Array(0),
      ...(isOther && { device: talk.bytes(device) }),
      ...askerOf(asker),
    });
  }

  async function refuse(tx: Tx, contact: Contact, conversation: Conversation, asker?: string): Promise<void> {
    if (!(await mayAnswer(tx, contact, conversation, asker))) return;
    const refused = { name: "group-rejoin-refused", conversation: conversation.shared } as const;
    await talk.send(tx, contact.conversation, { ...refused, ...askerOf(asker) });
  }

  const askerOf = (asker = ""): { readonly asker?: Uint8Array } => (asker === "" ? {} : { asker: talk.bytes(asker) });

  async function mayAnswer(tx: Tx, contact: Contact, { id }: Conversation, asker = ""): Promise<boolean> {
    const place = `${id} ${contact.id} ${asker}`;
    const before = answered.get(place);
    const epoch = (await epochs.current(tx, id))?.id ?? 0;
    const isRecent = before !== undefined && clock.steady() - before.at < ANSWER_AGAIN_MS;
    if (isRecent && before.epoch === epoch) return false;
    if (!(await budgets.take(tx, "answers", `${contact.id} ${id}`))) return false;
    answered.delete(place);
    answered.set(place, { at: clock.steady(), epoch });
    const [oldest] = answered.keys();
    if (answered.size > REMEMBERED && oldest !== undefined) answered.delete(oldest);
    return true;
  }

  return { answer, refuse };
}
