import type { StatusView } from "./api.ts";
import type { Context, Unit } from "./core/context.ts";
import type { Session } from "./feed/session.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Profiles } from "./profile/profile.ts";
import { numberIn } from "./storage/row.ts";
import { readWaiting } from "./waiting.ts";

/** How far a clock may be from the store's before people are told, in seconds. */
const SKEW_SHOWN = 300;

/** Messages written here that no store has yet. */
export async function readPending(unit: Unit): Promise<number> {
  const [row] = await unit.sql.all("SELECT count(*) AS pending FROM messages WHERE mine AND state = 'saved'");
  return numberIn(row ?? {}, "pending");
}

/** How this device, its line to the home store and its outbox are. */
export function createStatus(
  context: Context,
  p: { store: string; home(): Session; profiles: Profiles; outbox: Outbox },
): (unit: Unit) => Promise<StatusView> {
  function connection(): StatusView["connection"] {
    const home = p.home();
    const { state, since, error } = home.link.state();
    const refusal = error ?? p.outbox.refusal();
    const catchUp = home.catchUp();
    return {
      state: state === "online" && !home.isReady() ? "connecting" : state,
      store: p.store,
      since,
      ...(refusal === undefined ? {} : { error: refusal }),
      ...(catchUp === undefined ? {} : { catchUp }),
    };
  }

  return async function status(unit) {
    const profile = await p.profiles.find(unit);
    const skew = p.home().skew();
    const isRight = Math.abs(skew) <= SKEW_SHOWN && p.home().clockOff() !== undefined;
    const isLate = isRight && (await p.profiles.isOutOfTime(unit));
    const trouble = context.trouble() ?? (isLate ? "profile_out_of_time" : undefined);
    return {
      profile: profile && { id: profile.id, name: profile.card.name, createdAt: profile.createdAt },
      connection: connection(),
      pending: await readPending(unit),
      waiting: await readWaiting(unit),
      ...(Math.abs(skew) > SKEW_SHOWN ? { clockSkew: skew } : {}),
      ...(trouble === undefined ? {} : { trouble }),
    };
  };
}
