import { readPreferences, watchPreferences } from "./preferences.ts";

const PAPER = { light: "#faf9f6", dark: "#111617" };

/**
 * Keeps `data-theme` on the document, and the browser's own bars, in step with the preference and
 * the system.
 */
export function followTheme(): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme } = readPreferences();
    const shown = theme === "system" ? (system.matches ? "dark" : "light") : theme;
    document.documentElement.dataset["theme"] = shown;
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", PAPER[shown]);
  };
  apply();
  system.addEventListener("change", apply);
  const stop = watchPreferences(apply);
  return () => {
    stop();
    system.removeEventListener("change", apply);
  };
}
