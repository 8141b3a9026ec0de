import { Notice } from "../base/notice.tsx";
import { Card, Page, Quiet } from "../base/page.tsx";
import { DeviceIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useProfile } from "../profile.ts";
import styles from "./settings.module.css";

export function DevicesScreen() {
  const words = useWords();
  const format = useFormat();
  const profile = useProfile();
  return (
    <Page title={words.devices.title} parent="/settings">
      {profile !== undefined && (
        <Card>
          <div className={styles["device"]}>
            <DeviceIcon size={28} />
            <div>
              <strong>{words.devices.this}</strong>
              <Quiet>{words.devices.thisText(format.date(profile.createdAt))}</Quiet>
            </div>
          </div>
        </Card>
      )}
      <Notice>{words.devices.only}</Notice>
    </Page>
  );
}
