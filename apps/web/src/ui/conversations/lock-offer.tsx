import { Button } from "../base/button.tsx";
import { LockIcon } from "../icons.tsx";
import { usePreferences, useWords } from "../language.tsx";
import { changePreferences } from "../preferences.ts";
import { useProfile } from "../profile.ts";
import { navigate } from "../router.tsx";
import { useLockKind } from "../settings/host.ts";
import styles from "./lock-offer.module.css";

const WEEK_MS = 7 * 86_400_000;

/**
 * One line in the first week of a profile that nothing locks. An answer puts it away for good, and
 * so does any change of the lock.
 */
export function LockOffer({ now }: { now: number }) {
  const words = useWords();
  const { lockOffered } = usePreferences();
  const lock = useLockKind();
  const age = now - (useProfile()?.createdAt ?? -Infinity);
  if (lock !== "none" || lockOffered || age < 0 || age > WEEK_MS) return null;
  const answer = () => changePreferences({ lockOffered: true });
  return (
    <section className={styles["offer"]} aria-label={words.lock.offer}>
      <LockIcon size={18} />
      <p>{words.lock.offer}</p>
      <div className={styles["answers"]}>
        <Button
          kind="quiet"
          onClick={() => {
            answer();
            navigate("/settings/lock");
          }}
        >
          {words.lock.offerYes}
        </Button>
        <Button kind="quiet" onClick={answer}>
          {words.lock.offerNo}
        </Button>
      </div>
    </section>
  );
}
