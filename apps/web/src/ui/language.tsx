import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { I18nProvider } from "react-aria-components";
import { errorSentence } from "@pli/engine/words";
import { languageFrom, wordsOf, type Language, type Words } from "../words/index.ts";
import { createFormat, type Format } from "./format.ts";
import { readPreferences, watchPreferences, type Preferences } from "./preferences.ts";

interface Locale {
  language: Language;
  words: Words;
  format: Format;
}

function localeOf(language: Language): Locale {
  const words = wordsOf(language);
  return { language, words, format: createFormat(language, words) };
}

const LocaleContext = createContext<Locale>(localeOf("fr"));

export function usePreferences(): Preferences {
  return useSyncExternalStore(watchPreferences, readPreferences);
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const { language: chosen } = usePreferences();
  const language = chosen === "auto" ? languageFrom(navigator.languages) : chosen;
  const locale = useMemo(() => localeOf(language), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <I18nProvider locale={language === "fr" ? "fr-FR" : "en-GB"}>
      <LocaleContext value={locale}>{children}</LocaleContext>
    </I18nProvider>
  );
}

export function useLanguage(): Language {
  return useContext(LocaleContext).language;
}

export function useWords(): Words {
  return useContext(LocaleContext).words;
}

export function useFormat(): Format {
  return useContext(LocaleContext).format;
}

/** The sentence for an error code, in the person's language. */
export function useErrorSentence(): (code: string) => string {
  const { language } = useContext(LocaleContext);
  return useCallback((code) => errorSentence(language, code), [language]);
}

/** All that is needed to say something outside a component. */
export interface Localization {
  words: Words;
  format: Format;
  sentence: (code: string) => string;
}
