import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { missingFlags, nodeFlags } from '../../../src/cli/node-flags.ts';

describe('what Node is told before it starts the API', () => {
  const [heap = '', pool = ''] = nodeFlags.start ?? [];

  it.each([
    ['nothing was', [], [heap, pool]],
    ['something else was', ['--inspect'], [heap, pool]],
    ['one was', [pool], [heap]],
    ['both were', [heap, pool], []],
    ['another size was', ['--max-old-space-size=2000'], [pool]],
    ['another size was, with the other spelling', ['--max_old_space_size=2000'], [pool]],
  ])('when %s', (_, given, missing) => {
    expect(missingFlags('start', given)).toEqual(missing);
  });

  it('is nothing for commands that end by themselves', () => {
    expect(missingFlags('health', [])).toEqual([]);
  });

  it('is what the script of a checkout says', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(scripts.start).toBe(`exec node ${nodeFlags.start?.join(' ')} dist/main.js`);
  });
});
