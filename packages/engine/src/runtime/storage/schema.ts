/**
 * The schema in force: every table of the database of a device, by the room whose code writes it. A
 * new database is made of these statements in one step. A change here needs a step in `migrations/`
 * that brings older databases to the same schema; a test compares the two. A feature may declare
 * tables of its own besides (`Feature.tables`).
 *
 * Ids of profiles are hexadecimal, ids of conversations are random and known to this device alone,
 * times are in ms since 1970, labels and keys are bytes. A state in JSON or CBOR is read by the one
 * part that writes it.
 */
import { CREATE_SEARCH_INDEX } from "./search-index.ts";

const RUNTIME: readonly string[] = [
  // Single values that no table is worth, as JSON: `storage/meta.ts` has the form of the keys.
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID`,
  // What the reducers of the protocol keep between two events, each as its codec writes it.
  `CREATE TABLE reducer_states (
     reducer TEXT NOT NULL,
     id TEXT NOT NULL, -- what the state is of: a conversation, a group, or a group and a contact
     state BLOB NOT NULL,
     PRIMARY KEY (reducer, id)) WITHOUT ROWID`,
  // What others have caused on this device, so that a restart gives nobody anything back.
  `CREATE TABLE budgets (
     budget TEXT NOT NULL,
     whose TEXT NOT NULL, -- a profile, or a profile and a conversation
     spent REAL NOT NULL, -- as it was at the time of "at"; it comes back with time
     at INTEGER NOT NULL,
     passed INTEGER NOT NULL, -- how often something was passed over
     passed_at INTEGER,
     PRIMARY KEY (whose, budget)) WITHOUT ROWID`,
  // Repairs that this device has done; never sent.
  `CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID`,
];

const DELIVERY: readonly string[] = [
  // Finished bytes that a store has yet to take, in order within a stream.
  `CREATE TABLE send_queue (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     stream TEXT NOT NULL, -- whose they are: a word and a name, such as "conversation" and its id
     store TEXT NOT NULL,
     reference TEXT NOT NULL, -- by this the owner of the stream knows what was stored
     ahead INTEGER NOT NULL, -- 1: leaves before all others of its stream
     puts BLOB NOT NULL)`,
  `CREATE INDEX send_queue_by_stream ON send_queue (stream, id)`,
  // Where this device stands in the feed of each store.
  `CREATE TABLE positions (
     store TEXT NOT NULL,
     feed INTEGER NOT NULL,
     position INTEGER NOT NULL, -- all before it has been acted on
     before_tag INTEGER, -- of the entry before it: another one there shows that the store was put back
     resume_at INTEGER, -- from where the feed is asked for again, whatever of it was for this device
     resume_tag INTEGER,
     store_id BLOB NOT NULL, -- another one: the store lost its data
     retention_days INTEGER NOT NULL,
     seen_day INTEGER NOT NULL, -- the day since 1970 on which the feed was read last
     PRIMARY KEY (store, feed)) WITHOUT ROWID`,
  // Objects that others are to write, until they come or nobody wants them.
  `CREATE TABLE watches (
     owner TEXT NOT NULL, -- who waits, as a word and a name
     name TEXT NOT NULL,
     store TEXT NOT NULL,
     seed BLOB NOT NULL,
     max_bytes INTEGER NOT NULL,
     stage INTEGER NOT NULL, -- 0: awaited, 1: arrived, 2: taken, and could be shown again
     since INTEGER NOT NULL,
     PRIMARY KEY (owner, name)) WITHOUT ROWID`,
  // What a store could count about this client, by the hour since 1970.
  `CREATE TABLE traffic (
     hour INTEGER PRIMARY KEY,
     cells INTEGER NOT NULL, -- written
     blocks INTEGER NOT NULL, -- written
     fetched INTEGER NOT NULL,
     fed INTEGER NOT NULL) -- bytes of feeds`,
];

const EPOCHS: readonly string[] = [
  // Conversations of two, groups, and that of the own devices.
  `CREATE TABLE conversations (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL DEFAULT 'direct', -- or "group" or "self"
     shared BLOB NOT NULL DEFAULT x'', -- the name all members have for it, in the ids of its messages
     contact TEXT NOT NULL, -- the other profile; empty in the other kinds
     store TEXT NOT NULL,
     feed INTEGER NOT NULL,
     generation INTEGER NOT NULL, -- counts the MLS groups it has been
     state TEXT NOT NULL, -- "ready", "rejoining", "joining" or "left"
     name TEXT NOT NULL DEFAULT '', -- of a group, by its rules
     picture BLOB,
     writable INTEGER NOT NULL DEFAULT 1, -- 0: the rules do not let this person write
     timer INTEGER NOT NULL DEFAULT 0, -- seconds until messages disappear; 0: they stay
     progress TEXT, -- how much of a group that is being joined is here, in JSON
     blocked TEXT, -- who may block its changes, in JSON; null: nobody does
     behind INTEGER NOT NULL DEFAULT 0, -- 1: the feed has gone past a commit that this device has not followed
     beacon BLOB, -- the beacon that is open, with what opens its answer
     muted INTEGER NOT NULL DEFAULT 0,
     draft TEXT NOT NULL DEFAULT '',
     active_at INTEGER NOT NULL,
     active_order INTEGER NOT NULL DEFAULT 0, -- the order of the list, whatever the clock showed
     read_order INTEGER NOT NULL DEFAULT 0, -- up to this message all is read
     unread INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
  `CREATE INDEX conversations_by_shared ON conversations (shared)`,
  `CREATE INDEX conversations_in_order ON conversations (active_order)`,
  // Each epoch of each conversation, but for its MLS state.
  `CREATE TABLE epochs (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     conversation TEXT NOT NULL,
     generation INTEGER NOT NULL,
     number INTEGER NOT NULL, -- the number that MLS gives it
     own_leaf INTEGER NOT NULL,
     commits BLOB NOT NULL, -- the labels for its commit, with their keys
     call_secret BLOB, -- for calls, erased with the epoch
     attempt INTEGER NOT NULL DEFAULT 0, -- the commit label whose turn it is
     sent INTEGER NOT NULL DEFAULT 0, -- messages since this device's leaf has its keys
     leaf_since INTEGER NOT NULL, -- since when it has them
     retired_at INTEGER)`,
  `CREATE INDEX epochs_of_conversation ON epochs (conversation, id)`,
  // The MLS state of an epoch, but for the secrets of its leaves.
  `CREATE TABLE epoch_states (
     epoch INTEGER PRIMARY KEY REFERENCES epochs (id) ON DELETE CASCADE, group_state BLOB NOT NULL)`,
  // What a message changes of an epoch, in small parts: the secrets of some leaves, their label
  // chains.
  `CREATE TABLE leaf_parts (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE,
     part INTEGER NOT NULL,
     secrets BLOB NOT NULL,
     chains BLOB NOT NULL,
     PRIMARY KEY (epoch, part))`,
  // Senders at whose place a cell may be missing (1), or surely is (2).
  `CREATE TABLE probes (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE,
     leaf INTEGER NOT NULL,
     probe INTEGER NOT NULL,
     PRIMARY KEY (epoch, leaf)) WITHOUT ROWID`,
  // Cells beyond a hole, which wait for those before them.
  `CREATE TABLE arrived (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE,
     leaf INTEGER NOT NULL,
     step INTEGER NOT NULL, -- of the label chain of that leaf
     cell BLOB NOT NULL,
     PRIMARY KEY (epoch, leaf, step)) WITHOUT ROWID`,
  // This device's own commit of an epoch, until it has won or the winner is read.
  `CREATE TABLE pending_commits (
     epoch INTEGER PRIMARY KEY REFERENCES epochs (id) ON DELETE CASCADE,
     attempt INTEGER NOT NULL,
     next_state BLOB NOT NULL, -- the group that it leads to; empty: it lost its label
     renews INTEGER NOT NULL, -- 1: this device's leaf has other keys then
     hash BLOB NOT NULL, -- SHA-256 of its cell
     body BLOB,
     welcome BLOB)`,
  // What is to be said in conversations, until a store has it.
  `CREATE TABLE pending_contents (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     conversation TEXT NOT NULL,
     purpose TEXT NOT NULL, -- "text", "action", "receipt" or "control"
     reference TEXT NOT NULL, -- a text: its message; an action: its id; a control: a name, if somebody waits for it
     content BLOB NOT NULL,
     epoch INTEGER) -- under which it is sealed: its cells are in the send queue`,
  `CREATE INDEX pending_contents_of_conversation ON pending_contents (conversation, id)`,
  // Which commits won, at which label, and what they led to: a store may show others something
  // else.
  `CREATE TABLE settled_commits (
     conversation TEXT NOT NULL,
     generation INTEGER NOT NULL,
     epoch_number INTEGER NOT NULL,
     label BLOB NOT NULL,
     hash BLOB NOT NULL, -- SHA-256 of its cell
     authenticator BLOB NOT NULL, -- of the epoch that it led to
     PRIMARY KEY (conversation, generation, epoch_number)) WITHOUT ROWID`,
];

const PEOPLE: readonly string[] = [
  // This person on this device, once there is a profile.
  `CREATE TABLE profile (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     identity BLOB NOT NULL, -- the secret keys of one generation, and their place
     card BLOB NOT NULL,
     certificate BLOB NOT NULL,
     device_public BLOB NOT NULL,
     device_secret BLOB NOT NULL,
     created_at INTEGER NOT NULL,
     backup BLOB NOT NULL DEFAULT x'', -- the secret of the backups of that generation
     recovery BLOB) -- the secret that all keys come from; null: the person has confirmed its words`,
  // The highest generation of keys that was seen of a person; who is not here has the first.
  `CREATE TABLE generations (profile TEXT PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID`,
  // Profiles that were paired with this one.
  `CREATE TABLE contacts (
     id TEXT PRIMARY KEY,
     card BLOB NOT NULL,
     certificate BLOB NOT NULL,
     own_name TEXT NOT NULL, -- by their card
     given_name TEXT NOT NULL DEFAULT '', -- by this person
     level INTEGER NOT NULL, -- of trust
     pairwise BLOB NOT NULL, -- the secret of the two
     own_generation INTEGER NOT NULL DEFAULT 0, -- of the keys of the two when they made it
     peer_generation INTEGER NOT NULL DEFAULT 0,
     former BLOB, -- the secret before it, with its generations: the other may know no later one
     role TEXT NOT NULL, -- in the pairing: "inviter" or "responder"
     conversation TEXT NOT NULL,
     paired_at INTEGER NOT NULL,
     blocked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
  // People of groups who are not contacts: their names as told, until their own card is here.
  `CREATE TABLE people (
     profile TEXT PRIMARY KEY, name TEXT NOT NULL, card BLOB, card_seed BLOB, card_length INTEGER)`,
];

const MESSAGES: readonly string[] = [
  // Texts, and the lines of a history.
  `CREATE TABLE messages (
     ord INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they are shown
     id TEXT NOT NULL, -- a hash of author, conversation and content
     conversation TEXT NOT NULL,
     sender TEXT NOT NULL,
     mine INTEGER NOT NULL,
     kind TEXT NOT NULL, -- "text", "unknown", or what a line is about
     text TEXT NOT NULL, -- of a line: what it says, in JSON
     content BLOB, -- as its author encoded it
     sent_at INTEGER NOT NULL, -- by its author's clock
     left_at INTEGER, -- an own message: when it left last, or may have
     state TEXT NOT NULL, -- an own message: "saved", "sent", "delivered", "read" or "failed"
     error TEXT, -- why it failed
     epoch INTEGER, -- the last one in which it was said: who came in later has no right to it
     request TEXT, -- by this the same request, made twice, is known
     from_roster_of TEXT, -- whose roster it stood in, where its author did not send it to this device
     lifetime INTEGER, -- in seconds
     expires_at INTEGER)`,
  `CREATE UNIQUE INDEX messages_by_id ON messages (id, conversation)`,
  `CREATE UNIQUE INDEX messages_by_request ON messages (conversation, request) WHERE request IS NOT NULL`,
  `CREATE INDEX messages_in_order ON messages (conversation, ord)`,
  `CREATE INDEX messages_pending ON messages (ord) WHERE mine AND state = 'saved'`,
  `CREATE INDEX messages_unacknowledged ON messages (left_at) WHERE mine AND state = 'sent'`,
  `CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL`,
  // What is unread is counted when it comes, is read or goes: no list counts messages.
  `CREATE TRIGGER unread_comes AFTER INSERT ON messages WHEN NOT new.mine AND new.kind IN ('text', 'unknown') BEGIN
     UPDATE conversations SET unread = unread + 1 WHERE id = new.conversation AND read_order < new.ord;
   END`,
  `CREATE TRIGGER unread_goes AFTER DELETE ON messages WHEN NOT old.mine AND old.kind IN ('text', 'unknown') BEGIN
     UPDATE conversations SET unread = unread - 1 WHERE id = old.conversation AND read_order < old.ord;
   END`,
  // What texts say, as terms: a row has the number of its message.
  ...CREATE_SEARCH_INDEX,
  // Who of a group has got or read an own message.
  `CREATE TABLE marks (
     message TEXT NOT NULL, profile TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (message, profile)) WITHOUT ROWID`,
  // Messages that were erased here, so that they do not come back.
  `CREATE TABLE erased (
     author TEXT NOT NULL,
     mark BLOB NOT NULL, -- the first bytes of a hash of the content
     at INTEGER NOT NULL,
     PRIMARY KEY (author, mark)) WITHOUT ROWID`,
];

const OTHER_FEATURES: readonly string[] = [
  // Receipts that are still to be sent.
  `CREATE TABLE receipts (
     conversation TEXT NOT NULL, -- with the author of the message
     message TEXT NOT NULL,
     kind TEXT NOT NULL, -- "delivered" or "read"
     due_at INTEGER NOT NULL, -- since when it waits
     PRIMARY KEY (conversation, message, kind)) WITHOUT ROWID`,
  // Pairings, secret until they have ended.
  `CREATE TABLE pairings (
     id TEXT PRIMARY KEY,
     role TEXT NOT NULL, -- "inviter" or "responder"
     store TEXT NOT NULL,
     state BLOB, -- of the reducer
     view TEXT NOT NULL, -- what people see of it, in JSON
     key_package BLOB,
     key_package_secret BLOB,
     group_state BLOB,
     created_at INTEGER NOT NULL,
     open INTEGER NOT NULL) WITHOUT ROWID`,
];

const GROUPS: readonly string[] = [
  // Who is in each group, by the epoch that this device is in.
  `CREATE TABLE members (
     conversation TEXT NOT NULL,
     profile TEXT NOT NULL,
     devices INTEGER NOT NULL,
     role TEXT NOT NULL,
     PRIMARY KEY (conversation, profile)) WITHOUT ROWID`,
  `CREATE INDEX members_by_profile ON members (profile)`,
  // Pending operations.
  `CREATE TABLE intentions (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     conversation TEXT NOT NULL,
     kind TEXT NOT NULL,
     body TEXT NOT NULL, -- the operation, in JSON
     created_at INTEGER NOT NULL,
     due_at INTEGER NOT NULL) -- others may do the same before`,
  `CREATE INDEX intentions_of_conversation ON intentions (conversation, id)`,
  // Key packages that contacts gave this device, and those it gave them.
  `CREATE TABLE key_packages (
     id INTEGER PRIMARY KEY,
     contact TEXT NOT NULL,
     ours INTEGER NOT NULL, -- 1: this device made it for that contact
     key_package BLOB NOT NULL,
     secret BLOB, -- of one of ours
     made_at INTEGER NOT NULL,
     used_by TEXT) -- what it serves, if not any group, or what has used it`,
  `CREATE INDEX key_packages_of_contact ON key_packages (contact, ours)`,
  // Invitations into groups, kept until the group is joined: several people may bring a device
  // back.
  `CREATE TABLE invitations (
     conversation TEXT NOT NULL, contact TEXT NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (conversation, contact)) WITHOUT ROWID`,
];

export const SCHEMA: readonly string[] = [
  ...RUNTIME,
  ...DELIVERY,
  ...EPOCHS,
  ...PEOPLE,
  ...MESSAGES,
  ...OTHER_FEATURES,
  ...GROUPS,
];
