import { Button } from "../base/button.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { ShieldIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { navigate } from "../router.tsx";
import { useLive } from "../use-live.ts";
import styles from "../conversations/lock-offer.module.css";

/** One line when the recovery words are due: to be written down, or to be checked once a year. */
export function RecoveryOffer() {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const due = useLive("recovery", {})?.due;
  if (due === undefined) return null;
  const text = due === "write" ? words.recovery.offerWrite : words.recovery.offerCheck;
  return (
    <section className={styles["offer"]} aria-label={text}>
      <ShieldIcon size={18} />
      <p>{text}</p>
      <div className={styles["answers"]}>
        <Button kind="quiet" onClick={() => navigate("/settings/recovery")}>
          {words.recovery.offerYes}
        </Button>
        <Button kind="quiet" onClick={() => toasts.attempt(api.postponeRecovery())}>
          {words.recovery.offerLater}
        </Button>
      </div>
    </section>
  );
}
