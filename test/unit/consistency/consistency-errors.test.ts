import { describe, expect, it } from 'vitest';
import {
  BadConsistencyRequestError,
  ConsistencyTimeoutError,
  EpochAheadError,
  InvalidConsistencyTokenError,
  InvalidTokenSettingsError,
  MalformedPositionError,
  MixedFlavourError,
  MixedHistoryError,
  tokenFaults,
  WriteLostError,
} from '../../../src/consistency/errors.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const position = MariadbGtidPosition.parse('0-1-5');
const long = 'x'.repeat(81);

describe('an error', () => {
  it.each<[string, () => Error, object]>([
    [
      'BadConsistencyRequestError',
      () => new BadConsistencyRequestError(['a', 'b']),
      { code: 'BAD_CONSISTENCY_REQUEST', retryable: false, facts: { faults: ['a', 'b'] } },
    ],
    [
      'ConsistencyTimeoutError',
      () => new ConsistencyTimeoutError({ wanted: position, current: position, waitedMs: 7 }),
      { code: 'CONSISTENCY_TIMEOUT', retryable: true, facts: { wanted: '0-1-5', current: '0-1-5', waitedMs: 7 } },
    ],
    [
      'ConsistencyTimeoutError',
      () => new ConsistencyTimeoutError({ wanted: null, current: null, waitedMs: 0 }),
      { facts: { wanted: null, current: null, waitedMs: 0 } },
    ],
    [
      'WriteLostError',
      () => new WriteLostError({ epoch: 1, currentEpoch: 2, position, token: 't' }),
      { code: 'WRITE_LOST', retryable: false, token: 't', facts: { epoch: 1, currentEpoch: 2, position: '0-1-5' } },
    ],
    ['EpochAheadError', () => new EpochAheadError(), { code: 'EPOCH_AHEAD', retryable: true }],
    [
      'MalformedPositionError',
      () => new MalformedPositionError('mariadb', 'what', 'no number'),
      { code: 'MALFORMED_POSITION', retryable: false, facts: { flavour: 'mariadb', text: 'what', fault: 'no number' } },
    ],
    [
      'MixedFlavourError',
      () => new MixedFlavourError('mariadb', 'mysql'),
      { code: 'MIXED_FLAVOUR', facts: { left: 'mariadb', right: 'mysql' } },
    ],
    ['MixedFlavourError', () => new MixedFlavourError('a', 'b'), { retryable: false }],
    ['MixedHistoryError', () => new MixedHistoryError('no'), { code: 'MIXED_HISTORY', retryable: false }],
    [
      'InvalidTokenSettingsError',
      () => new InvalidTokenSettingsError('no'),
      { code: 'INVALID_TOKEN_SETTINGS', retryable: false },
    ],
  ])('carries its code, its facts, and whether to try again: %s', (_, make, expected) => {
    expect(make()).toMatchObject(expected);
  });

  it.each([
    ['x'.repeat(80), 'x'.repeat(80)],
    [long, `${'x'.repeat(80)}…`],
  ])('shows so much of a malformed text and no more', (text, shown) => {
    expect(new MalformedPositionError('mariadb', text, 'too long').facts).toMatchObject({ text: shown });
  });

  it.each(tokenFaults)('says why a token is refused, in words of its own: %s', (reason) => {
    const error = new InvalidConsistencyTokenError(reason);
    expect(error).toMatchObject({ reason, facts: { reason }, retryable: false, code: 'INVALID_CONSISTENCY_TOKEN' });
    const others = tokenFaults.filter((other) => other !== reason);
    for (const other of others) expect(new InvalidConsistencyTokenError(other).message).not.toBe(error.message);
    expect(error.message).toMatch(/: .+/);
  });
});
