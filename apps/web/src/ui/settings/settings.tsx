import { Page } from "../base/page.tsx";
import { useWords } from "../language.tsx";

export function SettingsScreen() {
  const words = useWords();
  return (
    <Page title={words.settings.title} parent="/" parentBeside>
      {null}
    </Page>
  );
}
