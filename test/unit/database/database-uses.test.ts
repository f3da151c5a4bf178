import { describe, expect, it } from 'vitest';
import { refuseOtherUses, refusingWriter, resolveUses } from '../../../src/database/engine/database-uses.ts';
import { DatabaseReadOnlyError, DatabaseUsesError, DatabaseWriteOnlyError } from '../../../src/database/errors.ts';
import { poolSettings } from '../../../src/servers/mysql-family/session-settings.ts';

const mirroring = { mirrored: [] };

describe('what is done with a database', () => {
  it.each([
    ['nothing said', {}, 'reads writes epochs'],
    ['models to mirror', { mirroring }, 'reads writes mirrored epochs'],
    ['models, but not to be mirrored', { mirroring, uses: { mirrored: false } }, 'reads writes epochs'],
    ['only reads', { uses: { writes: false } }, 'reads epochs'],
    ['only reads, and models that others mirror', { mirroring, uses: { writes: false } }, 'reads epochs'],
    ['only reads, no record of promotions', { uses: { writes: false, epochs: false } }, 'reads'],
    ['only writes', { uses: { reads: false } }, 'writes epochs'],
  ])('%s', (_, options, expected) => {
    const used = Object.entries(resolveUses('stock', options)).filter(([, isUsed]) => isUsed);
    expect(used.map(([use]) => use).sort()).toEqual(expected.split(' ').sort());
  });

  it.each([
    ['is neither read nor written', { uses: { reads: false, writes: false } }],
    ['is not written, so there is nothing to mirror', { mirroring, uses: { writes: false, mirrored: true } }],
    ['is mirrored: give its models', { uses: { mirrored: true } }],
  ])('that contradicts itself is refused: it %s', (told, options) => {
    expect(() => resolveUses('stock', options)).toThrow(DatabaseUsesError);
    expect(() => resolveUses('stock', options)).toThrow(`The database stock ${told}`);
  });

  it('is all that is done', () => {
    const [reads, writes] = [
      resolveUses('stock', { uses: { writes: false } }),
      resolveUses('stock', { uses: { reads: false } }),
    ];
    expect(() => refuseOtherUses('stock', reads, { writes: false })).not.toThrow();
    expect(() => refuseOtherUses('stock', reads, { writes: true })).toThrow(DatabaseReadOnlyError);
    expect(() => refuseOtherUses('stock', writes, { writes: true })).not.toThrow();
    expect(() => refuseOtherUses('stock', writes, { writes: false })).toThrow(DatabaseWriteOnlyError);
  });

  it('is told by an error that names the database and is not worth a retry', async () => {
    const { write, annotate } = refusingWriter('stock');
    const told = { code: 'DATABASE_READ_ONLY', retryable: false, facts: { database: 'stock' } };
    await expect(write(() => undefined)).rejects.toMatchObject(told);
    await expect(annotate(() => undefined)).rejects.toMatchObject(told);
  });

  it('is set on the connections too', () => {
    expect(poolSettings(1000, { refusesWrites: true })).toMatch(/tx_read_only = 1 .*transaction_read_only = 1/);
    expect(poolSettings(1000)).not.toContain('read_only');
  });
});
