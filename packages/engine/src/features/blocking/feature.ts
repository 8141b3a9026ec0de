import type { Kit } from "../../kit.ts";
import type { Direct } from "../direct/feature.ts";
import { createBlocking, type Blocking } from "./blocking.ts";

/** Blocked contacts are not heard, and do not learn it. */
export function createBlockingFeature(kit: Kit, { rejoining }: Direct): { readonly blocking: Blocking } {
  const { context, contents, stores } = kit;
  const blocking = createBlocking(context, { ...kit, rejoining });
  contents.filter(blocking);
  stores.onReady((address) => context.later(0, (tx) => blocking.caughtUp(tx, address)));
  return { blocking };
}
