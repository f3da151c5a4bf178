import { describe, expect, it } from 'vitest';
import { unhurried } from '../../../src/platform/unhurried.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('rows without hurry', () => {
  it('are the rows, in their sequence', async () => {
    for (const count of [0, 1, 14, 15, 16, 100]) {
      expect(await Promise.all(unhurried(numbers(count)))).toEqual(numbers(count));
    }
  });

  it('are a short list itself', () => {
    const rows = numbers(14);
    expect(unhurried(rows)).toBe(rows);
  });

  it('leave others their turn between five and five', async () => {
    const happened: string[] = [];
    const rows = unhurried(numbers(15)).map(async (row) => {
      await row;
      happened.push('row');
    });
    const others = async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        happened.push('other');
      }
    };
    await Promise.all([...rows, others()]);
    expect(happened.join(' ')).toMatch(/^(row ){5}other (row ){5}(other )+(row ?){5}/);
  });
});
