import { Card, Page } from "../base/page.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { useLive } from "../use-live.ts";
import { changePreferences } from "../preferences.ts";
import { usePreferences, useWords } from "../language.tsx";

export function PrivacyScreen() {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const settings = useLive("settings", {});
  const { veil, spellcheck } = usePreferences();
  return (
    <Page title={words.privacy.title} parent="/settings">
      {settings !== undefined && (
        <Card>
          <Switch
            label={words.privacy.groups}
            text={words.privacy.groupsText}
            checked={settings.askBeforeGroups}
            disabled={settings.lockdown}
            onChange={(askBeforeGroups) => toasts.attempt(api.changeSettings({ askBeforeGroups }))}
          />
          <Switch
            label={words.privacy.receipts}
            text={words.privacy.receiptsText}
            checked={settings.readReceipts}
            onChange={(readReceipts) => toasts.attempt(api.changeSettings({ readReceipts }))}
          />
          <Switch
            label={words.privacy.lockdown}
            text={words.privacy.lockdownText}
            checked={settings.lockdown}
            onChange={(lockdown) => toasts.attempt(api.changeSettings({ lockdown }))}
          />
          <Switch
            label={words.privacy.veil}
            text={words.privacy.veilText}
            checked={veil}
            onChange={(isOn) => changePreferences({ veil: isOn })}
          />
          <Switch
            label={words.privacy.spellcheck}
            text={words.privacy.spellcheckText}
            checked={spellcheck}
            onChange={(isOn) => changePreferences({ spellcheck: isOn })}
          />
        </Card>
      )}
    </Page>
  );
}
