/** The copy of the messages in the store, for the day when all devices are gone. */
import { query, returns } from "../../api/declare.ts";
import type { MessageCopyView } from "../../api/views.ts";

export const queries = {
  /** The setting `messageCopy` says whether there is to be one. */
  messageCopy: query({
    parameters: {},
    returns: returns<MessageCopyView>(),
    topics: () => ["message-copy", "settings", "status"],
  }),
};
