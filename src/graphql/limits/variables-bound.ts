const maxValues = 5000;
const deepest = 32;

/**
 * Why variables are refused unseen, `null` if they are not. Coercion costs time per value, and the message about a wrong value prints
 * all of it.
 */
export function variablesFault(variables: unknown): string | null {
  let values = 0;
  let level: unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return `The variables are nested more than ${deepest} deep.`;
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const parts = Array.isArray(value) ? value : Object.values(value);
      values += parts.length;
      if (values > maxValues) return `The variables hold more than ${maxValues} values.`;
      for (const part of parts) below.push(part);
    }
    level = below;
  }
  return null;
}
