// Nothing falls, but everybody is kept from the processors for most of the time: the API, the servers and the clients.
import { loadavg } from 'node:os';
import { systemClock } from '../../../src/platform/clock.ts';
import { finding } from '../../bench/finding.ts';
import { isRead, isWrite } from '../../consistency/history.ts';
import { crowd } from '../../support/squeeze.ts';
import { all, type Check, failedReads, failedWrites, ordinary, told } from '../checks.ts';
import type { Scenario } from '../scenario.ts';
import { toldByApi } from '../seen-by-api.ts';
import type { Stage } from '../stage.ts';
import { start } from './faults.ts';

export const busyName = 'machine-busy';
const busyMs = 10 * 60_000;
const others = 10;
/** The average of the last minute gets there slowly. */
const expectedLoad = (lastsMs: number) => others * (1 - Math.exp(-lastsMs / 60_000)) * 0.8;

/** `lastsMs` is how long ten processes want the processors all the time. */
export function busyFor(lastsMs: number): Scenario {
  let endOthers = () => {};
  let sinceMs = 0;
  return {
    name: busyName,
    title: 'ten processes that keep the processors busy all the time',
    why: 'a process’s own lack of processor time is not held against servers: none is marked DOWN and no request is refused; a server that is really killed is still noticed',
    ground: 'direct',
    lastsMs,
    patienceMs: 30_000,
    begin: async () => {
      sinceMs = systemClock.now();
      endOthers = crowd(others, lastsMs + 60_000);
    },
    end: async (stage) => {
      const load = finding('load of the machine', loadavg()[0] ?? 0, '', { atLeast: expectedLoad(lastsMs) });
      endOthers();
      const calledDown = await toldOfDown(stage, sinceMs);
      // The same count, of a server that is really gone: it would have been seen.
      const killedMs = systemClock.now();
      await stage.cluster.kill('replica-2');
      await stage.whenTold('NODE_DOWN', 'replica-2', killedMs);
      const afterwards = await toldOfDown(stage, killedMs);
      await start(stage, ['replica-2']);
      return [
        load,
        finding(['servers called down or lost', ...calledDown].join(': '), calledDown.length, '', { atMost: 0 }),
        finding('the same of one that is killed then, by two processes', afterwards.length, '', { atLeast: 2 }),
      ];
    },
    findings: all(failedReads, failedWrites, refusedClients, told('NODE_DOWN', 'replica-2', 'mendingMs', 5000)),
  };
}

/** Of the clients whose history is judged. */
const refusedClients: Check = ({ history }) => {
  const refused = history.operations.filter(
    (operation) =>
      (isRead(operation) || isWrite(operation)) && operation.error !== null && !ordinary.has(operation.error),
  );
  return finding('refused operations of the clients of the history', refused.length, '', { atMost: 0 });
};

async function toldOfDown({ places }: Stage, sinceMs: number): Promise<readonly string[]> {
  const events = await Promise.all(places.map(({ url }) => toldByApi(url)));
  const since = events.flat().filter(({ name, at }) => bad.has(name) && Date.parse(at) >= sinceMs);
  return since.map(({ at, name, node }) => `${name} ${node} ${at}`);
}

const bad: ReadonlySet<string> = new Set(['NODE_DOWN', 'SOURCE_LOST']);

export const busyScenarios: readonly Scenario[] = [busyFor(busyMs)];
