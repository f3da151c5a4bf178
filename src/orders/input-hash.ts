import { createHash } from 'node:crypto';

/** Equal for equal inputs, whatever the order of their fields. The key itself is not included. */
export function hashInput(command: object): string {
  const { idempotencyKey: _, ...input } = command as { idempotencyKey?: unknown };
  return createHash('sha256').update(canonicalJson(input)).digest('hex');
}

/** JSON with sorted keys. `undefined` fields are omitted, bigints are strings, dates ISO text. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(value.toString());
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`);
  return `{${parts.join(',')}}`;
}
