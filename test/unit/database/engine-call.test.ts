import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsistencyRequest } from '../../../src/consistency/consistency-request.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { EpochAheadError, InvalidConsistencyTokenError, WriteLostError } from '../../../src/consistency/errors.ts';
import { type ResumedSession, resumeSession } from '../../../src/consistency/resume-session.ts';
import { emptySession, type Session } from '../../../src/consistency/session.ts';
import { TokenCodec } from '../../../src/consistency/token-codec.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { EngineCall, type EngineParts } from '../../../src/database/engine/engine-call.ts';
import type { PinnedSession } from '../../../src/database/session/pinned-session.ts';
import type { SessionOpening } from '../../../src/database/session/session-opening.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const clusterId = 'orders';
const epochs: EpochHistory = [
  { epoch: 1, sourceId: '', endOfPrevious: null },
  { epoch: 2, sourceId: 'a', endOfPrevious: at(50) },
];
const past = (epoch: number, sequence: number): Session => ({
  ...emptySession(clusterId, epoch),
  position: at(sequence),
});
type Level = ConsistencyRequest['level'];
/** A session that has begun is what only the engine can make; a call asks it for no more than this. */
type Pinned = PinnedSession<never, never>;

let clock: TickingClock;
let tokens: TokenCodec;
let resumes: Partial<ResumedSession>;
let opened: SessionOpening[];
let steps: string[];
beforeEach(() => {
  clock = new TickingClock();
  tokens = new TokenCodec({
    keyring: new TokenKeyring([{ id: 'a', secret: 'a secret of at least thirty-two characters' }]),
    positions,
    clusterId,
    flavour: () => 'mariadb',
  });
  resumes = {};
  opened = [];
  steps = [];
});

const pinned = (session: Session) =>
  ({ session, decision: null, pin: async () => void steps.push('pinned') }) as unknown as Pinned;

function call({ writes = false, level = 'SESSION' as Level, given = [] as readonly string[] } = {}) {
  const parts: EngineParts<never, never> = {
    database: {
      historyTurns: 7,
      epochs,
      resume: (id, sent) => ({ ...resumeSession(id, sent, epochs), ...resumes }),
      openSession: (opening) => {
        opened.push(opening);
        return pinned(opening.session);
      },
    },
    tokens,
    clusterId,
    clock,
  };
  const intent = { level, whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null } as const;
  const work = async () => {
    steps.push('worked');
    return 'found';
  };
  return new EngineCall<never, never, string>(parts, { tokens: given, intent, writes, work });
}

describe('a call of a program', () => {
  it.each([
    [true, false],
    [false, true],
  ])('that writes (%s) may be run again: %s', (writes, mayRerun) => {
    expect(call({ writes }).mayRerun).toBe(mayRerun);
  });

  it('without a token has no past that was judged', async () => {
    expect(await call().resume()).toEqual({ session: emptySession(clusterId, 2), isUnjudged: false, judgedIn: null });
  });

  it('with tokens has the past of all, as it is judged now', async () => {
    const given = [past(2, 60), past(2, 70)].map((session) => tokens.encode(session));
    const { session, judgedIn } = await call({ given }).resume();
    expect([session.position, judgedIn]).toEqual([at(70), 7]);
  });

  it.each<[Level, boolean]>([
    ['SESSION', true],
    ['STRONG', true],
    ['BOUNDED', false],
    ['EVENTUAL', false],
  ])('at %s has to be judged again if no server could: %s', async (level, isUnjudged) => {
    for (const was of [true, false]) {
      resumes = { isUnjudged: was };
      expect(await call({ level }).resume()).toMatchObject({ isUnjudged: was && isUnjudged });
    }
  });

  it.each<[what: string, token: () => string, error: unknown]>([
    ['is none', () => 'nonsense', InvalidConsistencyTokenError],
    [
      'comes from the future',
      () => tokens.encode({ ...past(2, 60), issuedAtMs: clock.now() + 400_000 }),
      InvalidConsistencyTokenError,
    ],
    ['names a write that was lost', () => tokens.encode(past(1, 51)), WriteLostError],
    ['names an unknown epoch', () => tokens.encode(past(3, 60)), EpochAheadError],
  ])('is refused with a token that %s', async (_, token, error) => {
    await expect(call({ given: [token()] }).resume()).rejects.toThrow(error as typeof Error);
  });

  it('that names a write that was lost is told what to go on with', async () => {
    const given = [tokens.encode(past(1, 51)), tokens.encode(past(2, 60))];
    const error = await call({ given })
      .resume()
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    const token = error instanceof WriteLostError ? error.token : '';
    expect(tokens.decode(token, clock.now())[0]?.position).toEqual(at(60));
  });

  it('opens a session of its past, past the nodes that were lost', () => {
    const excluded = new Set(['replica-1']);
    const session = past(2, 60);
    call({ writes: true }).open({ session, isUnjudged: false, judgedIn: null }, excluded);
    expect(opened).toMatchObject([{ session, writes: true, excluded, intent: { level: 'SESSION', waitMs: 50 } }]);
  });

  it('works once a server is chosen', async () => {
    expect(await call().work(pinned(past(2, 60)))).toBe('found');
    expect(steps).toEqual(['pinned', 'worked']);
  });

  it.each<[what: string, Session, position: unknown]>([
    ['a token of what was seen', past(2, 60), at(60)],
    ['none where nothing was', emptySession(clusterId, 2), undefined],
  ])('answers with %s', (_, session, position) => {
    const { value, token, decision } = call().answer('found', pinned(session));
    expect([value, decision]).toEqual(['found', null]);
    expect(token === null ? undefined : tokens.decode(token, clock.now())[0]?.position).toEqual(position);
  });
});
