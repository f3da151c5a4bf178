// One promotion by hand and one restore, with real servers: the rest `npm run consistency -- --fork all` does.
import { describe, expect, test } from 'vitest';
import { forkExperiment, reportFork } from './fork-experiment.ts';
import type { ForkWay } from './ways.ts';

const clients = 10;

async function findingOf(way: ForkWay) {
  const finding = await forkExperiment({ way, lossy: true, tokens: true, clients, log: () => undefined });
  process.stdout.write(`${reportFork(finding)}\n`);
  return finding;
}

describe('a history that forks without the API being told', () => {
  test.each(['sql', 'restore'] as const)(
    '%s: every client of a lost write is told once, and no other client; a client without the token is not, and the checker notices',
    async (way) => {
      const { clients: all, anomalies, control } = await findingOf(way);
      expect(anomalies).toEqual([]);
      expect(all.some(({ survived }) => !survived)).toBe(true);
      expect(control).not.toEqual([]);
    },
  );
});
