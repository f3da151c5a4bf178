/**
 * Ids of the rechecks started in this browser whose end has not been seen here, newest first, so that they are found again whatever
 * else has been started since, and by anyone.
 */
const storageKey = 'tidemark-rechecks';
/** Each is queried under an alias of its own, and an operation may have 15. */
export const maxOwn = 12;
const maxIdLength = 100;

export function ownRechecks(): readonly string[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(ids) ? ids.filter(isId).slice(0, maxOwn) : [];
  } catch {
    return [];
  }
}

export function rememberRecheck(id: string): void {
  keep([id, ...ownRechecks().filter((one) => one !== id)].slice(0, maxOwn));
}

export function forgetRecheck(id: string): void {
  const ids = ownRechecks();
  if (ids.includes(id)) keep(ids.filter((one) => one !== id));
}

function keep(ids: readonly string[]): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(ids));
  } catch {
    // Found again among the last ones only.
  }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= maxIdLength;
}
