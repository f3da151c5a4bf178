import { describe, expect, it } from 'vitest';
import { NodeMonitor } from '../../../src/cluster/node-monitor.ts';
import type { ProbeReport } from '../../../src/cluster/node-status.ts';
import { ScriptedProbe } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

function setUp() {
  const clock = new TickingClock();
  const probe = new ScriptedProbe(clock);
  const seen: (ProbeReport | unknown)[] = [];
  const ages: number[] = [];
  let inTrouble = false;
  let returning = false;
  const monitor = new NodeMonitor({
    probe,
    clock,
    random: () => 0.5,
    intervalMs: 1000,
    downIntervalMs: 250,
    timeoutMs: 400,
    isInTrouble: () => inTrouble,
    isReturning: () => returning,
    onReport: (report, asOfMs) => {
      seen.push(report);
      ages.push(asOfMs);
    },
    onFailure: (error) => seen.push(error),
  });
  const begin = {
    trouble: () => {
      inTrouble = true;
    },
    returning: () => {
      inTrouble = true;
      returning = true;
    },
  };
  return { clock, probe, monitor, seen, ages, begin };
}

describe('a node monitor', () => {
  it('probes again soon at a node that returns', async () => {
    const { clock, probe, monitor, begin } = setUp();
    begin.returning();
    await monitor.start();
    await clock.tick(49);
    expect(probe.probes).toBe(1);
    await clock.tick(1);
    expect(probe.probes).toBe(2);
    await monitor.stop();
  });

  it('probes once at the start, then once an interval, until it is stopped', async () => {
    const { clock, probe, monitor } = setUp();
    await monitor.start();
    expect(probe.probes).toBe(1);
    await clock.tick(999);
    expect(probe.probes).toBe(1);
    await clock.tick(2001);
    expect(probe.probes).toBe(4);
    await monitor.stop();
    await clock.tick(10_000);
    expect(probe.probes).toBe(4);
    expect(clock.timers).toBe(0);
  });

  it('starts also when the first probe fails', async () => {
    const { probe, monitor, seen } = setUp();
    probe.trouble = new Error('refused the connection');
    await monitor.start();
    expect(seen).toEqual([probe.trouble]);
    await monitor.stop();
  });

  it('probes faster at a node in trouble', async () => {
    const { clock, probe, monitor, begin } = setUp();
    begin.trouble();
    await monitor.start();
    await clock.tick(1000);
    expect(probe.probes).toBe(5);
    await monitor.stop();
  });

  it('probes immediately when it is nudged', async () => {
    const { clock, probe, monitor } = setUp();
    await monitor.start();
    await clock.tick(10);
    monitor.nudge();
    await clock.tick(0);
    expect(probe.probes).toBe(2);
    await monitor.stop();
  });

  it('probes again when it is nudged during a probe', async () => {
    const { clock, probe, monitor } = setUp();
    await monitor.start();
    let answer: () => void = () => undefined;
    probe.held = new Promise((resolve) => {
      answer = resolve;
    });
    await clock.tick(1000);
    monitor.nudge();
    probe.held = null;
    answer();
    await clock.tick(0);
    expect(probe.probes).toBe(3);
    await monitor.stop();
  });

  it('rests between probes that lose their connection', async () => {
    const { clock, probe, monitor, begin } = setUp();
    await monitor.start();
    begin.trouble();
    probe.listener = { connectionLost: () => monitor.nudge() };
    Object.defineProperty(probe, 'trouble', {
      get: () => {
        probe.listener.connectionLost('lost the connection');
        return new Error('lost the connection');
      },
    });
    await clock.tick(1500);
    expect(probe.probes).toBeLessThanOrEqual(4);
    await monitor.stop();
  });

  it('counts the age of a report from before it asked', async () => {
    const { clock, probe, monitor, ages } = setUp();
    await clock.tick(70);
    probe.held = clock.sleep(300);
    const started = monitor.start();
    await clock.tick(300);
    await started;
    expect(ages).toEqual([70]);
    await monitor.stop();
  });

  it('says nothing more once it is stopped', async () => {
    const { clock, probe, monitor, seen } = setUp();
    await monitor.start();
    probe.held = clock.sleep(1200);
    await clock.tick(1000);
    const stopped = monitor.stop();
    await clock.tick(1000);
    await stopped;
    expect(seen).toHaveLength(1);
  });
});
