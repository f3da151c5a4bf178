/**
 * Chromium without a locale (`LANG=C`) calls its language `en-US@posix`, which no formatter knows: the plot's library asks for
 * it while it loads, and threw the whole page away.
 */
try {
  new Intl.Locale(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
