import { type Theme, themes, useTheme } from './theme.ts';

const words: Readonly<Record<Theme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' };

export function ThemeChoice() {
  const [theme, choose] = useTheme();
  return (
    <label className="theme-choice">
      <span className="unseen">Theme</span>
      <select value={theme} onChange={(event) => choose(themes.find((one) => one === event.target.value) ?? 'auto')}>
        {themes.map((one) => (
          <option key={one} value={one}>
            {words[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
