/**
 * The rechecks that were asked for in this browser and of which nobody here has seen the end, by id, the newest first: whatever else
 * has been asked for since, and by whomever, they are found again.
 */
const storageKey = 'tidemark-rechecks';
/** Each is asked about by a name of its own, of which an operation has 15. */
export const mostOwn = 12;
const longestId = 100;

export function ownRechecks(): readonly string[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(ids) ? ids.filter(isId).slice(0, mostOwn) : [];
  } catch {
    return [];
  }
}

export function rememberRecheck(id: string): void {
  keep([id, ...ownRechecks().filter((one) => one !== id)].slice(0, mostOwn));
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
  return typeof id === 'string' && id !== '' && id.length <= longestId;
}
