import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { useLive } from "../client.tsx";
import { ForwardIcon, InviteIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link, usePlace } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import type { Words } from "../../words/index.ts";
import styles from "./open-pairings.module.css";

function lineOf({ step, peer, role }: PairingView, words: Words): string {
  if ((step === "code" || step === "confirming") && peer !== undefined) return words.pair.openCode(shownName(peer));
  if (step === "opening") return words.pair.openOpening;
  return role === "responder" && peer !== undefined ? words.accept.invites(shownName(peer)) : words.pair.openWaiting;
}

/** Invitations that wait for somebody, above the conversations. Nothing when there are none. */
export function OpenPairings() {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const { path } = usePlace();
  const pairings = useLive("pairings", {}) ?? [];
  if (pairings.length === 0) return null;
  return (
    <section className={styles["open"]} aria-label={words.pair.open}>
      <h2>{words.pair.open}</h2>
      <ul className={styles["list"]}>
        {pairings.map((pairing) => (
          <li key={pairing.id}>
            <Link
              to={`/pairing/${pairing.id}`}
              className={styles["row"]}
              aria-current={path === `/pairing/${pairing.id}` ? "page" : undefined}
              data-row
            >
              <span className={styles["icon"]}>
                <InviteIcon size={20} />
              </span>
              <span className={styles["name"]}>
                {lineOf(pairing, words)}
                <time dateTime={new Date(pairing.createdAt).toISOString()}>
                  {format.moment(pairing.createdAt, now)}
                </time>
              </span>
              <ForwardIcon size={18} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
