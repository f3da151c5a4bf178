import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../src/cli/confirm.ts';

/** What somebody at a terminal types, and what comes of it. */
async function asked(typed: string): Promise<{ readonly answer: boolean; readonly shown: string }> {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const chunks: Buffer[] = [];
  output.on('data', (chunk) => chunks.push(chunk));
  const answer = confirm('Proceed? [y/N] ', { input, output });
  input.write(typed);
  return { answer: await answer, shown: Buffer.concat(chunks).toString() };
}

describe('a question', () => {
  it.each([
    ['y\r', true],
    ['Yes\r', true],
    ['\r', false],
    ['n\r', false],
    ['yesterday\r', false],
    // Ctrl-C, Ctrl-D, and Ctrl-C in the middle of a yes.
    ['\u0003', false],
    ['\u0004', false],
    ['y\u0003', false],
  ])('answered with %j is answered, without an error: %s', async (typed, answer) => {
    const seen = await asked(typed);
    expect(seen.shown).toContain('Proceed? [y/N] ');
    expect(seen.answer).toBe(answer);
  });

  it('is a no when the input ends', async () => {
    const input = new PassThrough();
    const answer = confirm('Proceed? [y/N] ', { input, output: new PassThrough() });
    input.end();
    expect(await answer).toBe(false);
  });
});
