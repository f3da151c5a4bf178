import { describe, expect, it } from 'vitest';
import type { ClusterNow } from '../../../src/dashboard/shell/cluster-documents.ts';
import { whatIsMissing } from '../../../src/dashboard/shell/what-is-missing.ts';

type Cluster = ClusterNow['cluster'];
const node = (name: string, state: Cluster['nodes'][number]['state'], trouble: string | null = null) => ({
  name,
  state,
  trouble,
  role: null,
  configuredRole: 'REPLICA',
});
const well: Cluster = {
  verdict: 'HEALTHY',
  reads: true,
  writes: true,
  source: 'source',
  redis: { trouble: null },
  nodes: [node('source', 'HEALTHY'), node('replica-1', 'HEALTHY')],
  problems: [],
};

describe('what is missing', () => {
  it('is nothing while all is well', () => {
    expect(whatIsMissing(well)).toEqual([]);
  });

  it('says what a lost source means, and which server it was', () => {
    const missing = whatIsMissing({ ...well, writes: false, nodes: [node('source', 'DOWN', 'no answer')] });
    expect(missing.map(({ level }) => level)).toEqual(['bad', 'warn']);
    expect(missing[0]?.text).toContain('can be read, not changed');
    expect(missing[1]?.text).toBe('source is down: no answer');
  });

  it('does not speak of writes while not even reads are answered', () => {
    const [first, ...others] = whatIsMissing({ ...well, reads: false, writes: false });
    expect(first?.text).toBe('No server answers: orders can be neither read nor changed.');
    expect(others).toEqual([]);
  });

  it.each([
    ['HEALTHY', 'Neither the source nor a replica answers: orders may be read from backup, and not changed.'],
    ['DEGRADED', 'Neither the source nor a replica answers: orders may be read from backup, and not changed.'],
    ['DOWN', 'No server answers: orders can be neither read nor changed.'],
    ['UNKNOWN', 'No server answers: orders can be neither read nor changed.'],
  ] as const)('names the backup only while that is there: %s', (state, text) => {
    const backup = { ...node('backup', state), configuredRole: 'BACKUP' };
    const nodes = [node('source', 'DOWN'), backup];
    expect(whatIsMissing({ ...well, reads: false, writes: false, nodes })[0]?.text).toBe(text);
  });

  it('says what does not work without Redis', () => {
    const [missing] = whatIsMissing({ ...well, redis: { trouble: 'does not answer' } });
    expect(missing?.level).toBe('warn');
    expect(missing?.text).toMatch(/^Redis does not answer: .*rechecks wait/);
    expect(whatIsMissing({ ...well, redis: null })).toEqual([]);
  });

  it('takes a late replica for a warning', () => {
    const missing = whatIsMissing({ ...well, nodes: [node('replica-1', 'DEGRADED', 'is 40 s late')] });
    expect(missing).toEqual([{ level: 'warn', text: 'replica-1 is degraded: is 40 s late' }]);
  });

  it('says what is set up wrong, with the setting and what mends it', () => {
    const problem = { code: 'GTID_MODE_OFF', message: 'source numbers nothing', variable: 'gtid_mode', value: 'OFF' };
    const problems = [{ ...problem, cure: 'SET a = 1' }];
    expect(whatIsMissing({ ...well, verdict: 'DEGRADED', problems })).toEqual([
      { level: 'warn', text: 'source numbers nothing (gtid_mode=OFF). Cure: SET a = 1' },
    ]);
    const bare = { ...problem, variable: null, value: null, cure: null };
    expect(whatIsMissing({ ...well, problems: [bare] })[0]?.text).toBe('source numbers nothing.');
  });
});
