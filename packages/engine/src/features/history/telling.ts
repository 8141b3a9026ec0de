/** What the other device hears of slices that the store has. */
import { encodeHistoryManifest, MAX_TOLD_SLICES } from "@pli/protocol/devices";
import { idBytes } from "../../epochs/conversations.ts";
import { findConversation } from "../../epochs/conversations.table.ts";
import type { Tx } from "../../runtime/context.ts";
import type { OwnTalk } from "../devices/own-talk.ts";
import {
  findGiven,
  listSlices,
  saveEndTold,
  saveSliceStates,
  type GivenHistory,
  type GivenSlice,
} from "./outgoing.table.ts";

/** `isEnd`: no further slices follow. Whether the other has yet to hear of some. */
export async function tellStored(tx: Tx, talk: OwnTalk, history: string, isEnd: boolean): Promise<boolean> {
  const slices = await listSlices(tx, history, "stored", MAX_TOLD_SLICES);
  const given = await findGiven(tx, history);
  const isEndDue = isEnd && given?.isEndTold === false && given.doneAt === undefined;
  if (given === undefined || (slices.length === 0 && !isEndDue)) return false;
  const isMore = slices.length === MAX_TOLD_SLICES;
  const isWhole = isEnd && !isMore;
  const recent = slices.filter(({ isRecent }) => isRecent);
  const older = slices.filter(({ isRecent }) => !isRecent);
  if (recent.length > 0) await tell(tx, talk, { given, slices: recent, isRecent: true, isEnd: false });
  if (older.length > 0 || isWhole) await tell(tx, talk, { given, slices: older, isRecent: false, isEnd: isWhole });
  await saveSliceStates(tx, history, "stored", "told", { only: slices.map(({ n }) => n) });
  if (isWhole) await saveEndTold(tx, history, true);
  return isMore;
}

async function tell(
  tx: Tx,
  talk: OwnTalk,
  p: { given: GivenHistory; slices: readonly GivenSlice[]; isRecent: boolean; isEnd: boolean },
): Promise<void> {
  const { given, isRecent, isEnd } = p;
  const { conversations, messages } = given;
  const slices = [];
  for (const { n, conversation: id, count, seed, length, isLast } of p.slices) {
    const conversation = (await findConversation(tx, id))?.shared ?? new Uint8Array(32);
    slices.push({ n, conversation, count, seed, length, isLast });
  }
  const whole = { history: idBytes(given.history), to: idBytes(given.device), conversations, messages };
  await talk.say(tx, "history", encodeHistoryManifest({ ...whole, isRecent, isEnd, slices }));
}
