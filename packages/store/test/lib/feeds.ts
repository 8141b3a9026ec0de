import type { Form } from "@pli/protocol/wire";
import { type Feeds, createFeeds } from "../../src/core/feeds.ts";
import type { Storage } from "../../src/storage/storage.ts";

export const feedsOn = (storage: Storage, form: () => Form = () => "full"): Feeds => {
  const feeds = createFeeds({
    count: 1,
    storage,
    formOf: form,
    failed: (error) => {
      throw error;
    },
  });
  storage.listen(feeds.stored);
  return feeds;
};
