import { describe, expect, it } from 'vitest';
import { unhurried } from '../../../src/platform/unhurried.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('rows without hurry', () => {
  it('are the rows, in their sequence', async () => {
    for (const count of [0, 1, 29, 30, 31, 100]) {
      expect(await Promise.all(unhurried(numbers(count)))).toEqual(numbers(count));
    }
  });

  it('are a short list itself', () => {
    const rows = numbers(29);
    expect(unhurried(rows)).toBe(rows);
  });

  it('leave others their turn between ten and ten', async () => {
    const happened: string[] = [];
    const rows = unhurried(numbers(30)).map(async (row) => {
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
    expect(happened.join(' ')).toMatch(/^(row ){10}other (row ){10}(other )+(row ?){10}/);
  });
});
