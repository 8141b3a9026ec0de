import { toHex } from "@pli/protocol/crypto";
import { parseGroupControl, type GroupControl } from "@pli/protocol/group";
import type { Said } from "../../epochs/contents.ts";
import { findGroup } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Tx } from "../../runtime/context.ts";
import { isLeaving, listGroupsThatAdd } from "./pending-operations.table.ts";
import type { GroupParts } from "./parts.ts";

type Name = GroupControl["name"];

/** Who acts on a control between two contacts, and who on one that is said in a group. */
interface Handler<C extends GroupControl> {
  readonly direct?: (tx: Tx, contact: Contact, control: C, said: Said) => Promise<void>;
  /** Of a person's devices only the oldest does what one of them must do. */
  readonly onlyFirst?: true;
  readonly group?: (tx: Tx, said: Said, control: C) => Promise<void>;
  /** Of a blocked member only what concerns the group as such is heard. */
  readonly unlessBlocked?: true;
}

type Handlers = { readonly [N in Name]: Handler<GroupControl & { readonly name: N }> };

/** Every control about groups. A new one without a line here does not compile. */
function handlersOf({ epochRoles, ownDevices }: Kit, parts: GroupParts): Handlers {
  const { changes, firstJoins, forks, joining, keyPackages, leaving } = parts;
  const { offers, people, questions, successors, rejoining, returns, sentAgain, ways } = parts;
  /**
   * An answer to another own device, which may be one that was removed, says nothing about this
   * one.
   */
  const isForUs = async (tx: Tx, { asker }: { readonly asker?: Uint8Array }): Promise<boolean> =>
    asker === undefined || toHex(asker) === (await ownDevices.self(tx));
  return {
    "key-packages": {
      direct: async (tx, { id }, { packages }) => {
        await keyPackages.take(tx, id, packages);
        for (const group of await listGroupsThatAdd(tx)) await changes.pump(tx, group);
      },
    },
    "key-packages-wanted": { direct: (tx, contact) => keyPackages.handOut(tx, contact, "all"), onlyFirst: true },
    "group-asks": { direct: (tx, contact, { asks }) => offers.told(tx, contact, asks === 1) },
    "group-offer": { direct: questions.offered, onlyFirst: true },
    "group-offer-answer": {
      direct: async (tx, contact, { conversation, accepts }) => {
        const id = await offers.answered(tx, contact, conversation, accepts === 1);
        await parts.heedRefusals(tx);
        if (id !== undefined) await changes.pump(tx, id);
      },
    },
    "group-offer-ended": {
      direct: async (tx, contact, { conversation }) => {
        await questions.ended(tx, contact, conversation);
        await ways.withdrawn(tx, contact.id, conversation);
      },
    },
    "group-invitation": {
      direct: async (tx, { id }, invitation) => {
        const group = await findGroup(tx, invitation.conversation);
        // One of several devices, which has asked this contact to bring it back.
        const isAsked = group !== undefined && (await rejoining.mayBringBack(tx, group.id, id));
        if (isAsked || (await ownDevices.isFirst(tx))) await joining.invited(tx, id, invitation);
      },
      group: successors.invited,
    },
    "group-state": {
      direct: async (tx, contact, state) => {
        await forks.onPeerState(tx, contact, state);
        if (await ownDevices.isFirst(tx)) await firstJoins.listed(tx, contact, state);
        await leaving.listed(tx, contact, state.conversation);
      },
      group: forks.onMemberReturned,
      unlessBlocked: true,
    },
    "group-rejoin": {
      direct: (tx, contact, request, { held, leaf }) =>
        returns.asked(tx, contact, request, epochRoles.deviceAt(held, leaf) ?? ""),
    },
    "group-rejoin-answer": {
      direct: async (tx, contact, answer) => {
        if (answer.standing === 2) await returns.saidOut(tx, contact, answer.conversation);
        if (!(await isForUs(tx, answer))) return;
        await leaving.leafNamed(tx, contact, answer);
        await firstJoins.leafNamed(tx, contact, answer);
        await rejoining.answered(tx, contact, answer);
      },
    },
    "group-rejoin-refused": {
      direct: async (tx, contact, refusal) => {
        if (await isForUs(tx, refusal)) await rejoining.refused(tx, contact, refusal.conversation);
      },
    },
    "group-left": { direct: leaving.contactLeft },
    "texts-wanted": { direct: (tx, contact, { conversation }) => sentAgain.enqueue(tx, contact, conversation) },
    "group-leave": {
      group: (tx, { conversation, sender, leaf }, { signature }) =>
        leaving.memberLeaves(tx, conversation.id, sender, leaf, signature),
    },
    "group-card": {
      group: (tx, { conversation, sender }, { card }) => people.pointed(tx, sender, conversation.store, card),
      unlessBlocked: true,
    },
    "group-refound": { group: (tx, said, { without }) => successors.called(tx, said, without.map(toHex)) },
    "group-package": { group: (tx, said, { keyPackage }) => successors.offered(tx, said, keyPackage) },
  };
}

/** Registers who acts on the controls of others. What is malformed is passed over. */
export function registerControls(kit: Kit, parts: GroupParts): void {
  const { contacts, contents, messages, ownDevices } = kit;
  const { joining, leaving, people } = parts;
  const handlers = handlersOf(kit, parts);
  for (const name of Object.keys(handlers) as Name[]) register(name);

  function register(name: Name): void {
    const { direct, group, onlyFirst, unlessBlocked } = handlers[name] as Handler<GroupControl>;
    if (direct !== undefined)
      contents.onControl("direct", name, async (tx, said, body) => {
        if (onlyFirst === true && !(await ownDevices.isFirst(tx))) return;
        const contact = await contacts.find(tx, said.sender);
        const control = parseGroupControl(name, body);
        if (contact === undefined || contact.blocked || !control.ok) return;
        await direct(tx, contact, control.value, said);
      });
    if (group !== undefined)
      contents.onControl("group", name, async (tx, said, body) => {
        const control = parseGroupControl(name, body);
        if (!control.ok) return;
        if (unlessBlocked === true && (await contacts.find(tx, said.sender))?.blocked === true) return;
        await group(tx, said, control.value);
      });
  }

  contents.onOwnControl("self", "group-invitation", async (tx, _, body) => {
    const control = parseGroupControl("group-invitation", body);
    if (control.ok && control.value.name === "group-invitation") await joining.broughtByOwn(tx, control.value);
  });
  // Who leaves on one device leaves with all of them.
  contents.onOwnControl("group", "group-leave", async (tx, { conversation }) => {
    if (conversation.state === "ready" && !(await isLeaving(tx, conversation.id)))
      await leaving.leave(tx, conversation);
  });
  contents.onControl("group", "card", async (tx, { conversation, sender }, card) => {
    const renamed = await people.showed(tx, sender, card);
    if (renamed !== undefined && (await contacts.find(tx, sender)) === undefined)
      await messages.noteRenamed(tx, conversation.id, sender, renamed);
  });
}
