import type { DigestedColumn } from '../mirror-side.ts';

export function replacing(_key: readonly string[], columns: readonly string[]): string {
  return ` ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`;
}

/** 64 bits of each row, which both flavours compute alike: newer MySQL has no MD5. Texts are quoted to keep values apart. */
export function digestOf(columns: readonly DigestedColumn[]): string {
  const values = columns.map(({ column, isBytes }) =>
    isBytes ? `COALESCE(HEX(${column}), 'NULL')` : `QUOTE(${column})`,
  );
  return `COALESCE(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS(',', ${values.join(', ')}), 256), 16), 16, 10) AS UNSIGNED)), 0)`;
}
