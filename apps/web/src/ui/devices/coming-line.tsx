import { nameForQuotes } from "@pli/engine/content";
import { Button } from "../base/button.tsx";
import { Notice } from "../base/notice.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { DeviceIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useLive } from "../use-live.ts";
import styles from "../conversations/lock-offer.module.css";

/** Above the conversations of every own device: a device that is to come in. */
export function ComingLine() {
  const { devices: words } = useWords();
  const format = useFormat();
  const [first] = useLive("comingDevices", {}) ?? [];
  if (first === undefined) return null;
  return (
    <Link to="/settings/devices" className={styles["offer"] ?? ""}>
      <DeviceIcon size={18} />
      <span>{words.comingLine(nameForQuotes(first.name), format.dateTime(first.until))}</span>
    </Link>
  );
}

/** The same among the devices, with the way to stop it. */
export function ComingNotices() {
  const { devices: words } = useWords();
  const format = useFormat();
  const toasts = useToasts();
  const api = useApi();
  return (useLive("comingDevices", {}) ?? []).map(({ id, name, until }) => {
    const quoted = nameForQuotes(name);
    const stop = () =>
      toasts.attempt(api.cancelDevice({ device: id }).then(() => toasts.say(words.comingStopped(quoted))));
    return (
      <Notice
        key={id}
        kind="danger"
        title={words.comingLine(quoted, format.dateTime(until))}
        action={
          <Button kind="danger" onClick={stop}>
            {words.comingStop}
          </Button>
        }
      >
        {words.comingText}
      </Notice>
    );
  });
}
