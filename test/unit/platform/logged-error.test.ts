import { expect, it } from 'vitest';
import { WriteLostError } from '../../../src/consistency/errors.ts';
import { loggedError } from '../../../src/platform/logged-error.ts';

it('says how it failed, and nothing of what was sent', () => {
  const refused = Object.assign(new Error('WRONGPASS', { cause: new Error('inner') }), {
    code: 'E',
    command: { name: 'auth', args: ['hunter2'] },
    sql: 'INSERT hunter2',
    parameters: ['hunter2'],
  });
  const told = loggedError(refused);
  expect(told).toMatchObject({ type: 'Error', code: 'E', message: 'WRONGPASS: inner' });
  expect(JSON.stringify(told)).toMatch(/caused by: Error: inner/);
  expect(JSON.stringify(loggedError(new AggregateError([refused], 'all')))).toContain('"code":"E"');
  for (const error of [refused, new AggregateError([refused], 'all')]) {
    expect(JSON.stringify(loggedError(error))).not.toContain('hunter2');
  }
});

it('keeps facts of errors of ours, and what is no error', () => {
  const lost = new WriteLostError({ epoch: 1, currentEpoch: 2, position: null, token: 't' });
  expect(loggedError(lost)).toMatchObject({ code: 'WRITE_LOST', retryable: false, facts: lost.facts });
  expect(loggedError('text')).toBe('text');
});
