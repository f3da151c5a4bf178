import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/in-process-api.ts';
import { until } from '../support/until.ts';
import { LocalStage } from './support/local-stage.ts';
import { createElsewhere } from './support/order-stock.ts';
import { smallText } from './support/small-text.ts';
import { allWidths, overflowsAt, seriousFindings, takePictures } from './support/stage.ts';
import { unseenChoices } from './support/unseen-choices.ts';

// The pages about the cluster in a real browser, on what `npm start` starts.
let stage: LocalStage;
const api = () => ({ url: `${stage.url}/graphql`, stop: async () => {} });

beforeAll(async () => {
  stage = await LocalStage.open({ LOG_LEVEL: 'warn' });
  await createElsewhere(api());
});
afterEach(async () => {
  await stage.tabs.closeAll();
  await fetch(`${stage.url}/lab/nodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tidemark-lab': '1' },
    body: JSON.stringify({ undo: 'all' }),
  });
});
afterAll(() => stage?.stop());

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const choice = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? '';
const panel = (page: Page, title: string) => page.getByRole('region', { name: title });
const untilSays = (page: Page, selector: string, wanted: RegExp) =>
  until(`${selector} says ${wanted}`, async () => wanted.test(await text(page, selector)));

/** What is done on purpose has got through to what the API sees. */
const untilSeen = (wanted: (nodes: readonly { name: string; state: string; lagMs: number | null }[]) => boolean) =>
  until('the API sees it', async () => {
    const { data } = await ask(api(), '{ cluster { nodes { name state lagMs } } }');
    return wanted(data.cluster.nodes);
  });
const untilAllWell = () => untilSeen((nodes) => nodes.every(({ state }) => state === 'HEALTHY'));

/** One number of the loop: of its row with the token, or without. */
async function counted(page: Page, token: 'on' | 'off', label: string): Promise<number> {
  return Number(await page.locator(`tr[data-token="${token}"] td[data-label="${label}"]`).textContent());
}

describe('every page', () => {
  const pages = [
    ['orders', '/', (page: Page) => page.locator('tbody tr').first()],
    ['cluster', '/cluster', (page: Page) => panel(page, 'Replication lag').locator('canvas')],
    ['lab', '/lab', (page: Page) => button(page, 'Kill backup')],
    ['routing log', '/routing-log', (page: Page) => page.locator('tbody tr').first()],
  ] as const;

  it.each(pages)('is there in a browser whose language is none: %s', async (_, path, content) => {
    const { page, faults } = await stage.tabs.open('/');
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' });
    });
    await page.goto(stage.url + path);
    await content(page).waitFor();
    expect(faults).toEqual([]);
  });

  it.each([
    ['whose code does not arrive', '**/assets/cluster-page*', (route: Route) => route.abort()],
    [
      'that falls over what it is told',
      '**/graphql',
      async (route: Route) => {
        const asked = route.request().postData() ?? '';
        if (!asked.includes('clusterEventLog')) return route.fallback();
        return route.fulfill({ json: { data: { cluster: { nodes: [null] }, clusterEventLog: [null] } } });
      },
    ],
  ] as const)('says so when it cannot be shown, and the others are there: one %s', async (_, path, answer) => {
    const { page } = await stage.tabs.open('/');
    await page.route(path, answer);
    await page.getByRole('link', { name: 'Cluster', exact: true }).click();
    const failed = page.getByRole('alert').filter({ hasText: 'Cluster could not be shown' });
    await failed.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.locator('tbody tr').first().waitFor();
    await page.goBack();
    await failed.waitFor();
    await page.unroute(path);
    await button(page, 'Reload').click();
    await panel(page, 'Replication lag').locator('canvas').waitFor();
  });

  it.each(pages)('can be read and pressed at every width: %s', async (_, path, content) => {
    const { page } = await stage.tabs.open(path);
    await content(page).waitFor();
    for (const width of allWidths) {
      await page.setViewportSize({ width, height: 900 });
      expect(await smallText(page), String(width)).toEqual([]);
      expect(await overflowsAt(page, width), String(width)).toBe(false);
    }
    await page.setViewportSize({ width: 360, height: 900 });
    expect(await seriousFindings(page, ['target-size'])).toEqual([]);
  });
});

describe('the lab', () => {
  it('shows that late replicas give stale reads without the token, and none with it', async () => {
    const { page, faults } = await stage.tabs.open('/lab');
    // Longer than a round takes on any machine: a delay is counted from the second in which something was written.
    for (const name of ['replica-1', 'replica-2']) await page.getByLabel(`Delay of ${name}`).selectOption('10');
    await untilSays(page, '.being-done', /replica-1 is 10 s late, replica-2 is 10 s late/);
    await choice(page, 'Token off').click();
    await button(page, 'Start the loop').click();
    await until('stale reads are counted', async () => (await counted(page, 'off', 'Stale')) >= 5);
    const before = await counted(page, 'off', 'Stale');
    await until('there are more of them', async () => (await counted(page, 'off', 'Stale')) > before);
    await choice(page, 'Token on').click();
    await until('there were rounds with the token', async () => (await counted(page, 'on', 'Rounds')) >= 5);
    expect(await counted(page, 'on', 'Stale')).toBe(0);
    await button(page, 'Stop the loop').click();
    expect(await text(page, '.loop-verdict')).toMatch(/Without the token \d+ of .* With the token none of \d+ reads/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflowsAt(page, 360)).toBe(false);
    await takePictures(page, 'lab');
    expect(await smallText(page)).toEqual([]);
    await button(page, 'Undo everything').click();
    await untilSays(page, '.being-done', /No faults injected/);
    expect(faults).toEqual([]);
  });

  it('has room for names of 200 characters, and shows what is chosen where colours are forced', async () => {
    const { page } = await stage.tabs.open('/livez');
    const long = `replica-${'x'.repeat(96)}.${'in-the-east-'.repeat(8)}`;
    await page.route('**/lab/nodes', async (route) => {
      const answer = await route.fetch();
      const { nodes } = await answer.json();
      const named = nodes.map((node: { name: string }) => ({ ...node, name: `${node.name}-${long}`, delayS: 1 }));
      await route.fulfill({ response: answer, json: { nodes: named } });
    });
    await page.route('**/graphql', async (route) => {
      if (!/query Lab/.test(route.request().postData() ?? '')) return route.fallback();
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(/replica-\d/g, long) });
    });
    await page.goto(`${stage.url}/lab`);
    await button(page, 'Start the loop').click();
    await page.locator('.recent-rounds').getByText(long).first().waitFor();
    await button(page, 'Stop the loop').click();
    for (const forcedColors of ['none', 'active'] as const) {
      await page.emulateMedia({ forcedColors });
      for (const width of [320, 768, 1440]) expect(await overflowsAt(page, width), `${width}`).toBe(false);
      expect(await unseenChoices(page)).toEqual([]);
    }
    expect(await page.evaluate<boolean>(`matchMedia('(forced-colors: active)').matches`)).toBe(true);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('kills, hangs and mends servers, and lists what is done to them', async () => {
    const { page, faults } = await stage.tabs.open('/lab');
    await button(page, 'Kill replica-2').click();
    await button(page, 'Hang replica-1').click();
    await button(page, 'Start again replica-2').waitFor();
    await button(page, 'Resume replica-1').waitFor();
    await untilSays(page, '.being-done', /replica-1 hangs, replica-2 was killed/);
    await button(page, 'Start again replica-2').click();
    await button(page, 'Resume replica-1').click();
    await untilSays(page, '.being-done', /No faults injected/);
    await button(page, 'Stop applier replica-1').click();
    await untilSays(page, '.being-done', /replica-1 has its applier stopped/);
    await button(page, 'Undo everything').click();
    await untilSays(page, '.being-done', /No faults injected/);
    await untilAllWell();
    expect(faults).toEqual([]);
  });

  it('asks at most twenty times a minute while nothing goes on, and nothing is done there', async () => {
    const { page } = await stage.tabs.open('/lab');
    await button(page, 'Kill backup').waitFor();
    await untilAllWell();
    // What was done by others is looked at for a while.
    await page.waitForTimeout(20_000);
    let asked = 0;
    page.on('request', () => {
      asked += 1;
    });
    const startedMs = performance.now();
    await page.waitForTimeout(30_000);
    // A busy machine watches for longer.
    expect(asked).toBeLessThanOrEqual((20 * (performance.now() - startedMs)) / 60_000);
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await stage.tabs.open('/lab');
    await button(page, 'Start the loop').waitFor();
    await page.getByRole('link', { name: 'Lab' }).focus();
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    const tabTo = (name: string) =>
      until(`${name} is reached`, async () => {
        if ((await focused()) === name) return true;
        await page.keyboard.press('Tab');
        return false;
      });
    await tabTo('Start the loop');
    await page.keyboard.press('Enter');
    await button(page, 'Stop the loop').waitFor();
    await tabTo('Token off');
    await page.keyboard.press('Space');
    await until('rounds without the token are counted', async () => (await counted(page, 'off', 'Rounds')) > 0);
    await button(page, 'Stop the loop').press('Enter');
    await button(page, 'Start the loop').waitFor();
  });

  it('says so where there is none, and is not among the pages then', async () => {
    const { page } = await stage.tabs.open('/routing-log');
    await page.route('**/lab/nodes', (route) => route.fulfill({ json: { nodes: null } }));
    await page.goto(`${stage.url}/lab`);
    await page.getByRole('heading', { name: 'The lab is not available here' }).waitFor();
    expect(await page.getByRole('link', { name: 'Lab', exact: true }).count()).toBe(0);
  });
});

describe('the routing log', () => {
  const order = 'query Wanted { orders(first: 1) { nodes { id } } }';

  it('shows operations as they are routed, filtered as the address says, and stands still when told', async () => {
    const { page, faults } = await stage.tabs.open('/routing-log?name=wanted');
    await page.getByRole('heading', { name: 'No operation matches these filters' }).waitFor();
    await ask(api(), order);
    await ask(api(), order, { headers: { 'x-consistency-level': 'strong' } });
    const rows = page.locator('tbody tr');
    await until('both are there', async () => (await rows.count()) === 2);
    expect(await rows.first().textContent()).toMatch(/Wanted readsourcenewest datastrong/);
    await page.getByLabel('Level').selectOption('SESSION');
    await until('one is left', async () => (await rows.count()) === 1);
    expect(page.url()).toMatch(/\?level=SESSION&name=wanted$/);
    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await ask(api(), order);
    await page.getByRole('button', { name: 'Pause live updates' }).getByText('1').waitFor();
    expect(await rows.count()).toBe(1);
    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await until('what came meanwhile is there', async () => (await rows.count()) === 2);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflowsAt(page, 360)).toBe(false);
    await button(page, 'Clear filters').click();
    await until('writes are there', async () => (await rows.count()) > 4);
    await takePictures(page, 'routing-log');
    expect(faults).toEqual([]);
  });

  it('says so where no operations are kept', async () => {
    const { page } = await stage.tabs.open('/');
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query RoutingLog'))
        await route.fulfill({ json: { data: { routingLog: null } } });
      else await route.continue();
    });
    await page.goto(`${stage.url}/routing-log`);
    await page.getByRole('heading', { name: 'The routing log is disabled' }).waitFor();
  });
});

describe('the cluster page', () => {
  it('shows every server, the lag, the mirror, the jobs and what has happened', async () => {
    const { page, faults } = await stage.tabs.open('/cluster');
    await panel(page, 'Now, in words').getByText('Writes go to source.').waitFor();
    const servers = panel(page, 'Servers').locator('tbody tr');
    expect(await servers.locator('th').allTextContents()).toEqual(['source', 'replica-1', 'replica-2', 'backup']);
    expect(await panel(page, 'Replication lag').locator('canvas').count()).toBe(1);
    await panel(page, 'Replication lag').getByText('replica-1: 0 s').waitFor();
    await panel(page, 'Replication lag').getByRole('radio', { name: 'Transactions' }).click();
    await panel(page, 'Replication lag').getByText('replica-1: 0 transactions').waitFor();
    await panel(page, 'Mirror to the backup').getByText('caught up').waitFor();
    await panel(page, 'Background jobs').getByText('reachable').waitFor();
    // From before this page was opened.
    await panel(page, 'Events').getByText('node down').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflowsAt(page, 360)).toBe(false);
    await takePictures(page, 'cluster');
    expect(faults).toEqual([]);
  });

  it('says in words what is gone, and goes on', async () => {
    const { page, faults } = await stage.tabs.open('/cluster');
    const lab = await stage.tabs.open('/lab');
    const words = panel(page, 'Now, in words');
    await button(lab.page, 'Kill source').click();
    await words.getByText('No server takes writes: orders can be read, not changed.').waitFor();
    await words.getByText(/^source is down/).waitFor();
    await panel(page, 'Events').getByText('source lost').first().waitFor();
    const log = await stage.tabs.open('/routing-log?outcome=failed');
    await createElsewhere(api()).catch(() => undefined);
    await log.page.getByText('SOURCE_UNAVAILABLE').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await takePictures(page, 'cluster-source-gone');
    await button(lab.page, 'Start again source').click();
    await words.getByText('Writes go to source.').waitFor();
    await untilAllWell();
    expect([...faults, ...lab.faults, ...log.faults]).toEqual([]);
  });

  it('says so when Redis is gone', async () => {
    const { page, faults } = await stage.tabs.open('/cluster');
    await panel(page, 'Background jobs').getByText('reachable').waitFor();
    const { redis } = JSON.parse(await readFile(join(stage.directory, 'cluster.json'), 'utf8'));
    process.kill(redis.pid, 'SIGKILL');
    await panel(page, 'Background jobs').getByText('not reachable').waitFor();
    await panel(page, 'Now, in words')
      .getByText(/^Background jobs are unavailable/)
      .waitFor();
    await panel(page, 'Events').getByText('cache unavailable').first().waitFor();
    await panel(page, 'Now, in words').getByText('Writes go to source.').waitFor();
    expect(faults).toEqual([]);
  });

  it('says so when the API is gone, and keeps what it said last', async () => {
    const { page } = await stage.tabs.open('/cluster');
    await panel(page, 'Now, in words').getByText('Writes go to source.').waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await panel(page, 'Last known, in words').getByText('The API does not answer.').waitFor();
    expect(await panel(page, 'Servers').locator('tbody tr').count()).toBe(4);
  });
});
