// Thirty seconds of real clients, real servers and real trouble, half of it on MySQL, whose servers take the time instead; on a
// busy machine until enough was written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testFlavour } from '../support/test-cluster.ts';
import { experiment, type Finding, keep, type Laboratory, openLaboratory } from './experiment.ts';
import { isRead, isWrite } from './history.ts';
import { explain, report } from './report.ts';

const seed = Number(process.env.TIDEMARK_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
const leastWrites = 21;
const share = testFlavour() === 'mysql' ? 2 : 1;

let laboratory: Laboratory;
const trouble: string[] = [];

beforeAll(async () => {
  laboratory = await openLaboratory();
}, 180_000);

afterAll(async () => {
  await laboratory?.stop();
}, 60_000);

async function observe(options: { tokens: boolean; seconds: number }): Promise<Finding> {
  trouble.length = 0;
  const log = (line: string) => trouble.push(line);
  const finding = await experiment(laboratory, { ...options, leastWrites, seed, log });
  process.stdout.write(`${report(finding)}\n\n`);
  return finding;
}

/** What a reader needs when the verdict is not the expected one. */
async function evidence(finding: Finding): Promise<string> {
  const output = laboratory.apis.flatMap((api) => api.output().slice(-20));
  return [explain(finding.anomalies), `trouble: ${trouble.join(', ')}`, ...output, `kept: ${await keep(finding)}`].join(
    '\n',
  );
}

function expectRealWork({ history, misfortunes }: Finding): void {
  const { operations } = history;
  expect(misfortunes).toBeGreaterThan(0);
  expect(
    operations.filter((operation) => isWrite(operation) && operation.outcome === 'committed').length,
  ).toBeGreaterThanOrEqual(leastWrites);
  const untyped = operations.filter((operation) => 'error' in operation && operation.error === 'INTERNAL_SERVER_ERROR');
  expect(untyped).toEqual([]);
  const roles = operations.flatMap((operation) => (isRead(operation) ? (operation.served?.role ?? []) : []));
  expect(new Set(roles)).toContain('REPLICA');
}

describe('many clients on two API processes, while replicas lag, stop, hang and die', () => {
  test('with tokens no session guarantee is ever broken and no acknowledged write is lost', async () => {
    const finding = await observe({ tokens: true, seconds: 18 / share });
    expectRealWork(finding);
    expect(finding.anomalies.length, finding.anomalies.length > 0 ? await evidence(finding) : '').toBe(0);
  });

  test('without tokens the same work shows stale reads, and loses nothing all the same', async () => {
    // A busy machine does less work in the same time: it goes on until both were seen, or shows none.
    const broken = new Set<string>();
    let finding = await observe({ tokens: false, seconds: 12 / share });
    for (let turn = 1; ; turn += 1) {
      for (const { guarantee } of finding.anomalies) broken.add(guarantee);
      if (turn === 4 || (broken.has('read your writes') && broken.has('monotonic reads'))) break;
      finding = await observe({ tokens: false, seconds: 12 / share });
    }
    expectRealWork(finding);
    expect(broken).toContain('read your writes');
    expect(broken).toContain('monotonic reads');
    const wrong = [
      'acknowledged writes last',
      'rejected writes stay invisible',
      'one key, one effect',
      'one version, one write',
    ];
    const lost = finding.anomalies.filter((anomaly) => wrong.includes(anomaly.guarantee));
    expect(lost.length, lost.length > 0 ? explain(lost) : '').toBe(0);
  });
});
