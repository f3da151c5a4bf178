import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** `npm run consistency -- …`, without the client that is generated before. */
const run = (...options: string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'test/consistency/run.ts', ...options], (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

describe('npm run consistency', { timeout: 120_000 }, () => {
  it('prints its usage', async () => {
    const { code, out, err } = await run('--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^npm run consistency -- \[options\][\s\S]*--without-tokens[\s\S]*--help/);
  });

  it.each([
    [['--nonsense'], /--nonsense/],
    [['--seconds', 'many'], /--seconds is a whole number, not many/],
    [['--flavour', 'oracle'], /no such flavour: oracle/],
    [['--topology', 'ring'], /no such topology: ring/],
    [['--topology', 'group', '--flavour', 'mariadb'], /only MySQL has groups/],
    [['--fork', 'nowhere'], /no such way to fork: nowhere/],
    [['extra'], /extra/],
  ])('answers a wrong option with the right ones: %j', async (options, fault) => {
    const { code, out, err } = await run(...options);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toMatch(fault);
    expect(err).toContain('npm run consistency -- [options]');
    expect(err).not.toMatch(/^ +at /m);
  });
});
