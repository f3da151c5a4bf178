/**
 * Two idle API processes in front of the same servers: one probes every node at the default interval, the other never. The
 * difference is the cost of probing.
 */
import { systemClock } from '../../../src/platform/clock.ts';
import type { Bench } from '../bench.ts';
import { cpuSeconds } from '../cpu-time.ts';
import { finding } from '../finding.ts';
import { rounded } from '../statistics.ts';

/** After that a process has done what it does after a start: compiled, collected its garbage. */
const settleMs = 6000;
const shortestMs = 20_000;

export const idleProbes: Bench = {
  name: 'idle-probes',
  title: 'share of one core that an idle API spends on looking at the source, two replicas and the backup every second',

  async measure({ laboratory, seconds }) {
    const looking = await laboratory.freshApi('mirrored');
    const still = await laboratory.freshApi('mirrored', { MONITOR_INTERVAL_MS: 'off' });
    try {
      await systemClock.sleep(settleMs);
      const startMs = systemClock.monotonic();
      const used = () => Promise.all([cpuSeconds(looking.pid), cpuSeconds(still.pid)]);
      const [lookingBefore, stillBefore] = await used();
      await systemClock.sleep(Math.max(seconds * 1000, shortestMs));
      const [lookingAfter, stillAfter] = await used();
      const elapsedS = (systemClock.monotonic() - startMs) / 1000;
      const percent = {
        looking: (100 * (lookingAfter - lookingBefore)) / elapsedS,
        still: (100 * (stillAfter - stillBefore)) / elapsedS,
      };
      return {
        findings: [finding('of one core', percent.looking - percent.still, '%', { atMost: 1 })],
        details: {
          elapsedS: rounded(elapsedS, 1),
          percentOfACore: { looking: rounded(percent.looking), still: rounded(percent.still) },
        },
      };
    } finally {
      await Promise.all([looking.stop(), still.stop()]);
    }
  },
};
