import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Direct } from "../direct/feature.ts";
import { createBlocking, type Blocking } from "./blocking.ts";
import { createBlockingCommands } from "./commands.ts";
import { blockingQueries } from "./queries.ts";

/** Blocked contacts are not read, and do not learn it. */
export interface BlockingFeature {
  readonly commands: ReturnType<typeof createBlockingCommands>;
  readonly queries: typeof blockingQueries;
  readonly blocking: Blocking;
  /** This person has blocked a contact. */
  readonly begun: TxEvent<Contact>;
}

export function createBlockingFeature(kit: Kit, { rejoining }: Direct): BlockingFeature {
  const { context, contents, stores } = kit;
  const begun: BlockingFeature["begun"] = createTxEvent();
  const blocking = createBlocking(context, { ...kit, rejoining });
  contents.filter(blocking);
  stores.onReady((address) => context.later(0, (tx) => blocking.caughtUp(tx, address)));
  return { blocking, begun, commands: createBlockingCommands(kit, { blocking, begun }), queries: blockingQueries };
}
