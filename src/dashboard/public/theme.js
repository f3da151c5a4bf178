// Runs before anything is painted: a user who has chosen a theme must not see the other one flash up.
try {
  const theme = localStorage.getItem('tidemark-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows what the system prefers.
}
