/** What was begun in each conversation, as the devices of this person tell each other. */
import { fromHex, text as textOf, toHex, utf8 } from "@pli/protocol/crypto";
import { MAX_VALUE_BYTES } from "@pli/protocol/self";
import type { MessageView } from "../../api/views.ts";
import {
  findConversation,
  findShared,
  getDraft,
  listDrafts,
  writeDraft,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { SelfKeys, SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";

/** Of a conversation on this device: its draft is one that the others have yet to hear of. */
const UNTOLD = "draft-untold";
/** The others hear of a draft when nothing more was typed for so long. */
const QUIET_MS = 5_000;
/** And no more often than this, of all drafts together; while somebody types on, as often. */
const PACE_MS = 30_000;

export interface DraftKeys {
  /** `draft/SHARED`: UTF-8; empty: there is none. */
  readonly keys: Readonly<Record<"draft", SelfKeys>>;
  /** The draft of this conversation is other than it was, by this device. */
  changed(tx: Tx, conversation: string): Promise<void>;
  /**
   * Another device wrote this: what it began with is no draft any more, before that device says so.
   */
  written(tx: Tx, message: MessageView): Promise<void>;
  /** The others hear of all drafts at once: this program ends, or takes up what was begun. */
  tell(tx: Tx): Promise<void>;
}

export function createDraftKeys(
  { clock, transact }: Context,
  { ownDevices, selfMap }: { ownDevices: OwnDevices; selfMap: SelfMap },
): DraftKeys {
  let toldAt: number | undefined;
  /** The first change that the others have not heard of. */
  let since: number | undefined;
  let stop = (): void => {};

  async function changed(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation === undefined || conversation.store === "") return;
    if ((await ownDevices.others(tx)).length === 0) return;
    if ((await toldOf(tx, conversation)) === (await getDraft(tx, id))) return deleteMeta(tx, `${UNTOLD} ${id}`);
    await saveMeta(tx, `${UNTOLD} ${id}`, true);
    tx.after(tellSoon);
  }

  async function toldOf(tx: Tx, { shared }: Conversation): Promise<string> {
    const value = await selfMap.get(tx, `draft/${toHex(shared)}`);
    return value === undefined ? "" : (textOf(value) ?? "");
  }

  function tellSoon(): void {
    const now = clock.steady();
    since ??= now;
    const calm = Math.min(now + QUIET_MS, since + PACE_MS);
    const due = toldAt === undefined ? calm : Math.max(calm, toldAt + PACE_MS);
    stop();
    stop = clock.after(due - now, () => void transact(tell).catch(() => undefined));
  }

  async function tell(tx: Tx): Promise<void> {
    const values: [string, Uint8Array][] = [];
    for (const id of await metaOf(tx, UNTOLD)) {
      const conversation = await findConversation(tx, id);
      const value = conversation && utf8(await getDraft(tx, id));
      // A longer one stays here, and no other takes its place.
      if (value !== undefined && value.length > MAX_VALUE_BYTES) continue;
      await deleteMeta(tx, `${UNTOLD} ${id}`);
      if (conversation !== undefined && value !== undefined)
        values.push([`draft/${toHex(conversation.shared)}`, value]);
    }
    since = undefined;
    if (values.length === 0) return;
    await selfMap.setAll(tx, values);
    toldAt = clock.steady();
  }

  /** What was typed here since is later: it stays, and leaves in its turn. */
  async function apply(tx: Tx, shared: string, value: Uint8Array): Promise<void> {
    const draft = textOf(value);
    const conversation = await findShared(tx, fromHex(shared) ?? new Uint8Array(0));
    if (draft === undefined || conversation === undefined || (await isUntold(tx, conversation.id))) return;
    if ((await getDraft(tx, conversation.id)) !== draft) await writeDraft(tx, conversation.id, draft);
  }

  const isUntold = async (tx: Tx, id: string): Promise<boolean> =>
    (await findMeta<boolean>(tx, `${UNTOLD} ${id}`)) === true;

  async function written(tx: Tx, { conversation, body }: MessageView): Promise<void> {
    if (body.kind !== "text" || (await isUntold(tx, conversation))) return;
    const draft = (await getDraft(tx, conversation)).trimEnd();
    if (draft !== "" && body.text.startsWith(draft)) await writeDraft(tx, conversation, "");
  }

  async function collect(tx: Tx): ReturnType<SelfKeys["collect"]> {
    const untold = new Set(await metaOf(tx, UNTOLD));
    return (await listDrafts(tx))
      .filter(({ id, draft }) => !untold.has(id) && utf8(draft).length <= MAX_VALUE_BYTES)
      .map(({ shared, draft }) => [toHex(shared), utf8(draft)] as const);
  }

  return { keys: { draft: { apply, collect } }, changed, written, tell };
}
