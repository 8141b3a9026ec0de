import { Page } from "../base/page.tsx";
import { Choices } from "../base/switch.tsx";
import { usePreferences, useWords } from "../language.tsx";
import { changePreferences } from "../preferences.ts";
import { languageFrom } from "../../words/index.ts";

export function LanguageScreen() {
  const words = useWords();
  const { language } = usePreferences();
  const browser = words.language[languageFrom(navigator.languages)];
  return (
    <Page title={words.language.title} parent="/settings">
      <Choices
        legend={words.language.title}
        hideLegend
        value={language}
        options={[
          { value: "auto", label: words.language.auto(browser) },
          { value: "fr", label: words.language.fr },
          { value: "en", label: words.language.en },
        ]}
        onChange={(value) => changePreferences({ language: value })}
      />
    </Page>
  );
}

export function AppearanceScreen() {
  const words = useWords();
  const { theme } = usePreferences();
  return (
    <Page title={words.appearance.title} parent="/settings">
      <Choices
        legend={words.appearance.theme}
        value={theme}
        options={[
          { value: "system", label: words.appearance.system },
          { value: "light", label: words.appearance.light },
          { value: "dark", label: words.appearance.dark },
        ]}
        onChange={(value) => changePreferences({ theme: value })}
      />
    </Page>
  );
}
