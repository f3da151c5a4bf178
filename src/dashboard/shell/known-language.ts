/**
 * Chromium without a locale (`LANG=C`) reports the language `en-US@posix`, which `Intl` rejects. The plot library uses it while it
 * loads, which broke the whole page.
 */
try {
  new Intl.Locale(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
