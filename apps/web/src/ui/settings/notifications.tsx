import { useState } from "react";
import { Notice } from "../base/notice.tsx";
import { Card, Page } from "../base/page.tsx";
import { Switch } from "../base/switch.tsx";
import { usePreferences, useWords } from "../language.tsx";
import { changePreferences } from "../preferences.ts";

export function NotificationsScreen() {
  const words = useWords();
  return (
    <Page title={words.notifications.title} parent="/settings">
      {"Notification" in window ? <Allowed /> : <Notice>{words.notifications.none}</Notice>}
    </Page>
  );
}

function Allowed() {
  const words = useWords();
  const { notifications } = usePreferences();
  const [permission, setPermission] = useState(() => Notification.permission);
  const change = async (isOn: boolean) => {
    const answer = isOn ? await Notification.requestPermission() : Notification.permission;
    setPermission(answer);
    changePreferences({ notifications: isOn && answer === "granted" });
  };
  return (
    <>
      <Card>
        <Switch
          label={words.notifications.on}
          text={words.notifications.onText}
          checked={notifications && permission === "granted"}
          disabled={permission === "denied"}
          onChange={(isOn) => void change(isOn)}
        />
      </Card>
      {permission === "denied" && <Notice kind="warn">{words.notifications.denied}</Notice>}
    </>
  );
}
