import type { Result } from "@pli/protocol/wire";
import type { FeedRange, Storage } from "../../storage/storage.ts";
import { isArray, isCount, isObject, isStoreId, parseJson } from "./json.ts";

/**
 * The state of a store at one moment, as JSON: its id in hex, the range of each feed, and each day
 * with the position at which each feed begins on it.
 */
export interface Snapshot {
  readonly storeId: string;
  readonly feeds: readonly FeedRange[];
  readonly days: readonly { readonly day: number; readonly firsts: readonly number[] }[];
}

const MAX_FEEDS = 65_536;

export const snapshotOf = (storage: Storage, feeds: number): Snapshot => {
  const all = Array.from({ length: feeds }, (_, feed) => feed);
  return {
    storeId: Buffer.from(storage.storeId).toString("hex"),
    feeds: all.map((feed) => storage.range(feed)),
    days: storage.days().map((day) => ({ day, firsts: all.map((feed) => storage.firstOn(feed, day)) })),
  };
};

export const parseSnapshot = (text: string): Result<Snapshot, "damaged"> => parseJson(text, isSnapshot);

const isSnapshot = (value: unknown): value is Snapshot => {
  if (!isObject(value) || !isStoreId(value["storeId"])) return false;
  const { feeds, days } = value;
  if (!isArray(feeds) || feeds.length === 0 || feeds.length > MAX_FEEDS || !feeds.every(isRange)) return false;
  return isArray(days) && days.every((day) => isDay(day, feeds.length));
};

const isRange = (value: unknown): boolean =>
  isObject(value) && isCount(value["oldest"]) && isCount(value["next"]) && value["oldest"] <= value["next"];

const isDay = (value: unknown, feeds: number): boolean => {
  if (!isObject(value) || !isCount(value["day"]) || !isArray(value["firsts"])) return false;
  return value["firsts"].length === feeds && value["firsts"].every(isCount);
};
