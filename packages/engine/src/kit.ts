import { createContents, type Contents } from "./epochs/contents.ts";
import { listStores, moveConversations } from "./epochs/conversations.table.ts";
import { createCommits, type Commits } from "./epochs/commits.ts";
import { createEpochRoles, type EpochRoles } from "./epochs/epoch-roles.ts";
import { createEpochs, type Epochs } from "./epochs/epochs.ts";
import { createLosses, type Losses } from "./epochs/losses.ts";
import { createOwnLabels, type OwnLabels } from "./epochs/own-labels.ts";
import { createReceiving, type Receiving } from "./epochs/receiving.ts";
import { createRevokedSenders, type RevokedSenders } from "./epochs/revoked-senders.ts";
import { createScheduler, type Scheduler } from "./epochs/scheduler.ts";
import { createSendQueue, type SendQueue } from "./delivery/queue/send-queue.ts";
import type { Delivery, StoreFacts } from "./delivery/port.ts";
import { createStores, type Stores } from "./delivery/stores.ts";
import { createTraffic, type Traffic } from "./delivery/traffic.ts";
import { createWatches, type Watches } from "./delivery/feed/watches.ts";
import { createDisappearing, type Disappearing } from "./features/disappearing/disappearing.ts";
import { createErasedElsewhere, type ErasedElsewhere } from "./features/messages/erased-elsewhere.ts";
import { createMessages, type Messages } from "./features/messages/messages.ts";
import { createSending, type Sending } from "./features/messages/sending.ts";
import { createReceipts, type Receipts } from "./features/receipts/receipts.ts";
import { createContacts, type Contacts } from "./people/contacts.ts";
import { createGenerations, type Generations } from "./people/generations.ts";
import { createOwnDevices, type OwnDevices } from "./people/own-devices.ts";
import { createProfiles, type Profiles } from "./people/profile.ts";
import { createSelfMap, type SelfMap } from "./people/self-map.ts";
import type { Context } from "./runtime/context.ts";
import type { Dialer } from "./runtime/ports.ts";
import type { MessageView } from "./api/views.ts";

/** What every feature is built on: the runtime, delivery, people, epochs and messages. */
export interface Kit {
  readonly context: Context;
  readonly traffic: Traffic;
  readonly stores: Stores;
  /** A store, to write to, read from and follow, and what is known of it. */
  delivery(store: string): Delivery;
  facts(store: string): StoreFacts;
  readonly queue: SendQueue;
  readonly scheduler: Scheduler;
  readonly watches: Watches;
  readonly profiles: Profiles;
  readonly generations: Generations;
  readonly ownDevices: OwnDevices;
  readonly selfMap: SelfMap;
  readonly contacts: Contacts;
  readonly disappearing: Disappearing;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly epochs: Epochs;
  readonly epochRoles: EpochRoles;
  readonly commits: Commits;
  readonly ownLabels: OwnLabels;
  readonly contents: Contents;
  readonly receiving: Receiving;
  readonly sending: Sending;
  readonly erasing: ErasedElsewhere;
  readonly losses: Losses;
  /** Hears each message of others that is to be shown, once it is durable. */
  onMessage(message: MessageView): void;
}

export interface KitPorts {
  /** The address of the home store. */
  readonly home: string;
  readonly dialer: Dialer;
  onMessage(message: MessageView): void;
}

/** Ties the lower rooms together; each part is given only parts that were made before it. */
export function createKit(context: Context, { home, dialer, onMessage }: KitPorts): Kit {
  const traffic = createTraffic(context);
  const stores = createStores(context, { home, dialer, meter: traffic });
  const delivery = stores.session;
  const queue = createSendQueue(context, stores);
  const watches = createWatches(context, delivery);
  const profiles = createProfiles(context, stores);
  const ownDevices = createOwnDevices(context, { profiles });
  const selfMap = createSelfMap(context, { ownDevices, profiles });
  const generations = createGenerations();
  const contacts = createContacts(context, { generations });
  const disappearing = createDisappearing(context, stores);
  const messages = createMessages(context, { profiles, disappearing });
  const receipts = createReceipts(context, { contacts });
  const epochRoles = createEpochRoles(context);
  const revokedSenders: RevokedSenders = createRevokedSenders(epochRoles);
  const epochs = createEpochs(context, { epochRoles, revokedSenders });
  const commits = createCommits(context, { epochs, profiles, contacts, queue, delivery });
  const ownLabels = createOwnLabels(context, { epochs, epochRoles, delivery });
  const contents = createContents(context, { messages, epochs, epochRoles, revokedSenders, profiles });
  const receiving = createReceiving(context, {
    epochs,
    messages,
    commits,
    contents,
    ownLabels,
    epochRoles,
    delivery,
  });
  const scheduler = createScheduler(context, { queue, epochs, epochRoles, commits, ownLabels });
  const sending = createSending(context, { epochs, messages, ownDevices, profiles, receipts, queue });
  const erasing = createErasedElsewhere(context, { messages, sending });
  const losses = createLosses({ stores, commits, ownLabels, messages });
  stores.neededBy(listStores);
  stores.moved.on((tx, { from, to }) => moveConversations(tx, from, to));
  stores.onReady(queue.kick);
  stores.onArrived("object", watches.arrived);
  stores.onArrived("chain", receiving.arrived);
  stores.onArrived("own", receiving.arrived);
  stores.onArrived("commit", receiving.arrived);
  return {
    context,
    traffic,
    stores,
    delivery,
    facts: stores.session,
    queue,
    scheduler,
    watches,
    profiles,
    generations,
    ownDevices,
    selfMap,
    contacts,
    disappearing,
    messages,
    receipts,
    epochs,
    epochRoles,
    commits,
    ownLabels,
    contents,
    receiving,
    sending,
    erasing,
    losses,
    onMessage,
  };
}
