import { describe, expect, it, vi } from 'vitest';
import { runToExitCode } from '../../../src/cli/entry.ts';
import { parseNoOptions, parseOptions } from '../../../src/cli/parse-options.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { CacheUnavailableError } from '../../../src/platform/cache-error.ts';

async function ended(...given: Parameters<typeof runToExitCode>): Promise<{ code: number; said: string }> {
  const written = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    const code = await runToExitCode(...given);
    return { code, said: written.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    written.mockRestore();
  }
}
const failing = (error: unknown) => async () => Promise.reject(error);

describe('a command', () => {
  it('ends with what it answers, and with 0 when that is nothing', async () => {
    expect(await ended(async () => 3)).toEqual({ code: 3, said: '' });
    expect(await ended(async () => undefined)).toEqual({ code: 0, said: '' });
  });

  it('tells whose fault it is that it failed', async () => {
    expect(await ended(failing(new UsageError('Name one')))).toEqual({ code: 2, said: 'Name one\n' });
    const away = new CacheUnavailableError('does not answer');
    expect(await ended(failing(away))).toEqual({ code: 1, said: 'Redis does not answer\n' });
    expect((await ended(failing(new TypeError('no function')))).said).toContain('    at ');
  });

  it('may have exit codes of its own', async () => {
    const usage = new UsageError('Name one');
    expect((await ended(failing(usage), () => 7)).code).toBe(7);
    expect((await ended(failing(usage), () => null)).code).toBe(2);
  });
});

describe('the options of a command', () => {
  const options = { orders: { type: 'string', default: '5' }, append: { type: 'boolean' } } as const;

  it('are read', () => {
    const { values } = parseOptions(['--append'], { options });
    expect({ ...values }).toEqual({ orders: '5', append: true });
    expect(parseOptions(['one', 'two'], { options, allowPositionals: true }).positionals).toEqual(['one', 'two']);
    expect(parseNoOptions([])).toEqual({ help: false });
    expect(parseNoOptions(['--help'])).toEqual({ help: true });
  });

  it.each([
    ['an option that there is none of', () => parseOptions(['--loud'], { options })],
    ['a word that belongs nowhere', () => parseOptions(['loud'], { options })],
    ['a value that is missing', () => parseOptions(['--orders'], { options })],
    ['a value that is too much', () => parseOptions(['--append=1'], { options })],
    ['any option of a command that has none', () => parseNoOptions(['--loud'])],
  ])('are refused in one sentence: %s', (_, parse) => {
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^[^\n]+\. Try --help\.$/);
  });
});
