import { useState } from 'react';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'tidemark-theme';

/** The chosen theme, and a way to choose another. public/theme.js applies it before the first paint. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const shown = document.documentElement.dataset.theme;
    return shown === 'light' || shown === 'dark' ? shown : 'auto';
  });
  const choose = (next: Theme) => {
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === 'auto') localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    } catch {
      // Kept for this visit only.
    }
    setTheme(next);
  };
  return [theme, choose];
}
