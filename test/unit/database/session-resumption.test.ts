import { beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import type { PastVerdict } from '../../../src/consistency/resume-session.ts';
import { advanceSession, emptySession } from '../../../src/consistency/session.ts';
import { SessionResumption } from '../../../src/database/session/session-resumption.ts';
import { parsePosition } from '../../support/positions.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const token = advanceSession(emptySession('orders', 1), parsePosition('mariadb', '0-1-10'), 1000);

let clock: TickingClock;
let turns: number;
let verdict: PastVerdict;
let probes: number;
let resumption: SessionResumption;

const source: NodeStatus = {
  ...unseen(makeNode('source')),
  state: 'HEALTHY',
  role: 'SOURCE',
  report: makeReport('SOURCE'),
  position: parsePosition('mariadb', '0-1-10'),
  successes: 1,
  tookWrites: true,
};

beforeEach(() => {
  clock = new TickingClock();
  turns = 1;
  probes = 0;
  verdict = 'ELSEWHERE';
  const judge = {
    judge: async () => verdict,
    surviving: () => null,
    get turns() {
      return turns;
    },
  };
  const cluster = { judge, snapshot: () => [source], probeAgain: () => (probes += 1) };
  resumption = new SessionResumption({
    cluster: cluster as unknown as Cluster,
    clock,
    epochs: () => [{ epoch: 1, sourceId: '1', endOfPrevious: null }],
    onLost: () => undefined,
    recorded: () => null,
  });
});

/** What is known after so many milliseconds; `null` while nothing is. */
async function resumedAfter(ms: number) {
  let resumed: Awaited<ReturnType<SessionResumption['resume']>> | null = null;
  void Promise.resolve(resumption.resume('orders', [token])).then((found) => {
    resumed = found;
  });
  await clock.tick(ms / 2);
  return {
    resumed: () => resumed as Awaited<ReturnType<SessionResumption['resume']>> | null,
    rest: () => clock.tick(ms / 2),
  };
}

describe('a source that says it is not the source any more', () => {
  it('is probed, and the token is judged by the one that is found', async () => {
    const { resumed, rest } = await resumedAfter(200);
    expect([probes, resumed()]).toEqual([1, null]);
    verdict = 'INCLUDED';
    turns += 1;
    await rest();
    expect(resumed()).toMatchObject({ session: token, ahead: [], lost: [] });
  });

  it('is waited for no longer than half a second', async () => {
    const { resumed, rest } = await resumedAfter(1200);
    await rest();
    expect(resumed()).toMatchObject({ ahead: [token] });
    expect(clock.timers).toBe(0);
  });
});
