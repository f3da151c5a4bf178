import type { DigestedColumn } from '../mirror-side.ts';

export function replacing(key: readonly string[], columns: readonly string[]): string {
  const assigned = columns.filter((column) => !key.includes(column));
  const where = ` ON CONFLICT (${key.join(', ')}) DO`;
  if (assigned.length === 0) return `${where} NOTHING`;
  return `${where} UPDATE SET ${assigned.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}

/** 64 bits of each row. Texts are quoted to keep values apart, and NULL is not. */
export function digestOf(columns: readonly DigestedColumn[]): string {
  const values = columns.map(({ column, isBytes }) =>
    isBytes ? `COALESCE(encode(${column}, 'hex'), 'NULL')` : `quote_nullable(${column}::text)`,
  );
  const row = `encode(sha256(convert_to(concat_ws(',', ${values.join(', ')}), 'UTF8')), 'hex')`;
  return `COALESCE(bit_xor(('x' || left(${row}, 16))::bit(64)::bigint), 0)`;
}
