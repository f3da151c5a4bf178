import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../src/local/lab/lab.ts';
import type { LabNode } from '../../src/local/lab/lab-rules.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

let servers: TestCluster;
let lab: Lab;
const said: string[] = [];

beforeAll(async () => {
  servers = await startTestCluster({ replicas: 2 });
  await migrateOrders(servers);
  lab = new Lab(servers.cluster, systemClock, (line) => void said.push(line));
});
afterEach(() => lab.undoAll());
afterAll(() => servers.stop());

async function see(name: string): Promise<LabNode | undefined> {
  return (await lab.readState()).find((node) => node.name === name);
}

async function answers(name: string): Promise<boolean> {
  const connection = await servers.admin(name).catch(() => null);
  await connection?.end();
  return connection !== null;
}

describe('the lab', () => {
  it('sees every server as it is', async () => {
    const well = { state: 'running', doing: null };
    expect(await lab.readState()).toEqual([
      { ...well, name: 'source', role: 'source', applier: null, delayS: null },
      { ...well, name: 'replica-1', role: 'replica', applier: 'running', delayS: 0 },
      { ...well, name: 'replica-2', role: 'replica', applier: 'running', delayS: 0 },
    ]);
  });

  it('delays a replica, shows it, and undoes it', async () => {
    await lab.act('replica-1', { name: 'delay', seconds: 30 });
    expect(await see('replica-1')).toMatchObject({ applier: 'running', delayS: 30 });
    await lab.undoAll();
    expect(await see('replica-1')).toMatchObject({ applier: 'running', delayS: 0 });
  });

  it('undoes an action with a time limit automatically, even if its client is gone by then', async () => {
    await lab.act('replica-1', { name: 'delay', seconds: 30 }, 1);
    await lab.act('replica-2', { name: 'stop-applier' }, 1);
    // What is done to it meanwhile is meant to stay.
    await lab.act('replica-2', { name: 'stop-applier' });
    await until('the delay is over', async () => (await see('replica-1'))?.delayS === 0);
    await until('it was said', () => said.includes('lab: replica-1: undone automatically'));
    expect(await see('replica-2')).toMatchObject({ applier: 'stopped' });
    expect(said).not.toContain('lab: replica-2: undone automatically');
  });

  it('stops an applier and starts it', async () => {
    await lab.act('replica-2', { name: 'stop-applier' });
    expect(await see('replica-2')).toMatchObject({ applier: 'stopped' });
    await lab.act('replica-2', { name: 'start-applier' });
    await until('the applier runs', async () => (await see('replica-2'))?.applier === 'running');
  });

  it('kills a server and starts it again', async () => {
    await lab.act('replica-1', { name: 'kill' });
    expect(await see('replica-1')).toMatchObject({ state: 'killed', role: 'replica', applier: null, delayS: null });
    expect(await answers('replica-1')).toBe(false);
    await expect(lab.act('replica-1', { name: 'hang' })).rejects.toThrow('replica-1 is not running');
    await lab.act('replica-1', { name: 'start' });
    expect(await see('replica-1')).toMatchObject({ state: 'running', applier: 'running' });
  });

  it('lets a server hang and resumes it; a hung one is seen without waiting for it, and can be killed', async () => {
    await lab.act('replica-1', { name: 'hang' });
    await lab.act('replica-2', { name: 'hang' });
    expect(await see('replica-1')).toMatchObject({ state: 'hung', role: 'replica' });
    await lab.act('replica-1', { name: 'resume' });
    expect(await answers('replica-1')).toBe(true);
    await lab.act('replica-2', { name: 'kill' });
    expect(await see('replica-2')).toMatchObject({ state: 'killed' });
  });

  it('does one thing at a time to a server', async () => {
    await lab.act('replica-1', { name: 'kill' });
    const starting = lab.act('replica-1', { name: 'start' });
    await until('it is being started', async () => (await see('replica-1'))?.doing === 'start');
    await expect(lab.act('replica-1', { name: 'kill' })).rejects.toMatchObject({ code: 'LAB_REFUSED' });
    await starting;
  });

  it('knows no other servers', async () => {
    await expect(lab.act('replica-9', { name: 'kill' })).rejects.toMatchObject({ code: 'LOCAL_NODE_UNKNOWN' });
  });

  it('asks the servers who they are: a promotion moves the roles, also for one that comes back', async () => {
    await caughtUp(servers, 'replica-1');
    const { decision, source } = await new TestFailover(servers).switchover('replica-1');
    expect([decision.verdict, source]).toEqual(['go', 'replica-1']);
    expect(await see('replica-1')).toMatchObject({ role: 'source', applier: null });
    expect(await see('source')).toMatchObject({ role: 'replica', applier: 'running' });
    await expect(lab.act('replica-1', { name: 'delay', seconds: 1 })).rejects.toThrow('it does not replicate');
    await lab.act('source', { name: 'delay', seconds: 1 });
    await lab.act('source', { name: 'kill' });
    await lab.act('source', { name: 'start' });
    expect(await see('source')).toMatchObject({ role: 'replica', applier: 'running' });
    expect(await see('replica-1')).toMatchObject({ role: 'source' });
  });
});

describe('a lab that is closed', () => {
  it('has left nothing that would outlive it, and does nothing more', async () => {
    const closing = new Lab(servers.cluster, systemClock, () => undefined);
    await closing.act('replica-2', { name: 'delay', seconds: 30 });
    await closing.act('source', { name: 'hang' });
    await closing.close();
    expect(await see('replica-2')).toMatchObject({ delayS: 0, applier: 'running' });
    expect(await answers('source')).toBe(true);
    await expect(closing.act('source', { name: 'kill' })).rejects.toThrow('the process ends');
  });

  it('said what it did', () => {
    expect(said).toContain('lab: replica-1: delay 30 s');
    expect(said).toContain('lab: replica-1: kill');
  });
});
