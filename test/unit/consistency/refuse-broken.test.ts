import { describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { ConsistencyTimeoutError, EpochAheadError, WriteLostError } from '../../../src/consistency/errors.ts';
import { refuseBroken } from '../../../src/consistency/refuse-broken.ts';
import type { ResumedSession } from '../../../src/consistency/resume-session.ts';
import { advanceSession, emptySession, requireSource } from '../../../src/consistency/session.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const token = (epoch: number, text: string) => advanceSession(emptySession('orders', epoch), at(text), 1_000);
const history: EpochHistory = [
  { epoch: 1, sourceId: 'a', endOfPrevious: null },
  { epoch: 2, sourceId: 'b', endOfPrevious: at('0-1-100') },
];
const session = emptySession('orders', 2);
const whole: ResumedSession = { session, lost: [], ahead: [], behind: [], healed: session, isUnjudged: false };
const encode = ({ position }: { readonly position: unknown }) => `token of ${position === null ? 'nothing' : 'a past'}`;

const refusal = (given: Partial<ResumedSession>, epochs = history): unknown => {
  try {
    refuseBroken({ ...whole, ...given }, epochs, encode);
    return null;
  } catch (error) {
    return error;
  }
};

describe('a resumed session', () => {
  it('that is whole is not refused', () => {
    expect(refusal({})).toBeNull();
    expect(refusal({ isUnjudged: true, session: requireSource(session) })).toBeNull();
  });

  it('that has lost a write is told of the first one, and given a token of what is left', () => {
    const error = refusal({ lost: [token(1, '0-1-105'), token(1, '0-1-107')], healed: token(2, '0-1-100') });
    expect(error).toBeInstanceOf(WriteLostError);
    expect(error).toMatchObject({
      code: 'WRITE_LOST',
      retryable: false,
      token: 'token of a past',
      facts: { epoch: 1, currentEpoch: 2, position: '0-1-105' },
    });
  });

  it('that has an unknown loss, while no history is known, is told so', () => {
    expect(refusal({ lost: [requireSource(emptySession('orders', 1))] }, [])).toMatchObject({
      code: 'WRITE_LOST',
      facts: { epoch: 1, currentEpoch: 0, position: null },
    });
  });

  it('that knows of a promotion unknown here may retry', () => {
    const error = refusal({ ahead: [token(3, '0-3-1')] });
    expect(error).toBeInstanceOf(EpochAheadError);
    expect(error).toMatchObject({ code: 'EPOCH_AHEAD', retryable: true });
  });

  it('that names what the source has still to receive may try again', () => {
    const error = refusal({ behind: [token(2, '0-2-150'), token(2, '0-2-170')] });
    expect(error).toBeInstanceOf(ConsistencyTimeoutError);
    expect(error).toMatchObject({ retryable: true, facts: { wanted: '0-2-150', current: null, waitedMs: 0 } });
  });

  it.each([
    [{ lost: [token(1, '0-1-105')], ahead: [token(3, '0-3-1')], behind: [token(2, '0-2-1')] }, 'WRITE_LOST'],
    [{ ahead: [token(3, '0-3-1')], behind: [token(2, '0-2-1')] }, 'EPOCH_AHEAD'],
  ])('with several faults is told of the worst: %#', (given, code) => {
    expect(refusal(given)).toMatchObject({ code });
  });
});
