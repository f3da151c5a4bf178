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
    const probing = await laboratory.freshApi('mirrored');
    const still = await laboratory.freshApi('mirrored', { MONITOR_INTERVAL_MS: 'off' });
    try {
      await systemClock.sleep(settleMs);
      const startMs = systemClock.monotonic();
      const used = () => Promise.all([cpuSeconds(probing.pid), cpuSeconds(still.pid)]);
      const [probingBefore, stillBefore] = await used();
      await systemClock.sleep(Math.max(seconds * 1000, shortestMs));
      const [probingAfter, stillAfter] = await used();
      const elapsedS = (systemClock.monotonic() - startMs) / 1000;
      const percent = {
        probing: (100 * (probingAfter - probingBefore)) / elapsedS,
        still: (100 * (stillAfter - stillBefore)) / elapsedS,
      };
      return {
        findings: [finding('of one core', percent.probing - percent.still, '%', { atMost: 1 })],
        details: {
          elapsedS: rounded(elapsedS, 1),
          percentOfACore: { probing: rounded(percent.probing), still: rounded(percent.still) },
        },
      };
    } finally {
      await Promise.all([probing.stop(), still.stop()]);
    }
  },
};
