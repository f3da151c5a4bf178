import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { createElsewhere, stockOrders, updateElsewhere } from './support/order-stock.ts';
import { Stage, seriousFindings, takePictures } from './support/stage.ts';

// What the page says while the API is there and answers nothing: stopped, not ended, so that no connection is closed.
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
  await stockOrders(stage.api, 25);
});
afterEach(async () => {
  process.kill(stage.api.pid, 'SIGCONT');
  await stage.closeTabs();
});
afterAll(() => stage?.stop());

const silence = (page: Page) =>
  page.getByText(/The API does not answer\. Everything on this page is as of \d\d:\d\d:\d\d/);
const live = (page: Page) => page.getByRole('button', { name: 'pause live updates' });
const seconds = async (run: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await run();
  return (performance.now() - startedMs) / 1000;
};

describe('an API that falls silent', () => {
  it('is noticed on every page, and everything there is marked as of when', async () => {
    const orders = await stage.tab();
    const cluster = await stage.tab('/cluster');
    const log = await stage.tab('/routing-log');
    await orders.page.locator('tbody tr').first().waitFor();
    await cluster.page.getByText('Writes go to source.').waitFor();
    await log.page.locator('tbody tr').first().waitFor();

    process.kill(stage.api.pid, 'SIGSTOP');
    // Noticed within five seconds where nothing else keeps the machine busy; here only that it is.
    const tookS = await seconds(() => Promise.all([orders, cluster, log].map(({ page }) => silence(page).waitFor())));
    process.stdout.write(`a silent API was noticed after ${tookS.toFixed(1)} s\n`);

    for (const { page } of [orders, log]) {
      expect(await live(page).textContent()).toMatch(/^No answer/);
      expect(await live(page).getAttribute('data-live')).toBe('silent');
    }
    const chip = orders.page.getByRole('button', { name: 'Where these orders came from' });
    await chip.getByText(/as of \d\d:\d\d:\d\d/).waitFor();
    expect(await chip.getAttribute('data-role')).toBe('NONE');
    expect(await orders.page.locator('.notice').count()).toBe(1);

    const { page } = cluster;
    await page.locator('.page-head .tag', { hasText: /^unknown since \d\d:\d\d:\d\d$/ }).waitFor();
    const servers = page.getByRole('region', { name: 'Servers' });
    expect(await servers.getByText(/^unknown since/).count()).toBe(await servers.locator('tbody tr').count());
    expect(await servers.getByText('healthy', { exact: true }).count()).toBe(0);
    expect(await servers.getByText('now', { exact: true }).count()).toBe(0);
    await page.getByRole('heading', { name: 'Last known, in words' }).waitFor();
    expect(await page.locator('.remarks li[data-level="good"]').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await seriousFindings(orders.page)).toEqual([]);
    await takePictures(page, 'cluster-silent', [360, 1440]);
    await takePictures(orders.page, 'orders-silent', [360, 1440]);

    process.kill(stage.api.pid, 'SIGCONT');
    await Promise.all([orders, cluster, log].map((tab) => silence(tab.page).waitFor({ state: 'detached' })));
    await orders.page.locator('.live[data-live="live"]').waitFor();
    await page.getByRole('heading', { name: 'Now, in words' }).waitFor();
    expect([...orders.faults, ...cluster.faults, ...log.faults]).toEqual([]);
  });

  it('is followed again once it is back', async () => {
    const { page } = await stage.tab();
    await page.locator('tbody tr').first().waitFor();
    process.kill(stage.api.pid, 'SIGSTOP');
    await silence(page).waitFor();
    process.kill(stage.api.pid, 'SIGCONT');
    const order = await createElsewhere(stage.api, { number: 'S-1' });
    await page.locator('tr[data-number="S-1"]').waitFor();
    await updateElsewhere(stage.api, order, { status: 'PAID' });
    await page.locator('tr[data-number="S-1"]').getByText('Paid', { exact: true }).waitFor();
  });

  it('is asked by one question at a time, ever more slowly', async () => {
    const { page } = await stage.tab('/cluster');
    await page.getByText('Writes go to source.').waitFor();
    await page.context().setOffline(true);
    await silence(page).waitFor();
    let asked = 0;
    page.on('request', () => {
      asked += 1;
    });
    await page.waitForTimeout(12_000);
    // One every five seconds, and those on the way there.
    expect(asked).toBeLessThanOrEqual(6);
    await page.context().setOffline(false);
    await silence(page).waitFor({ state: 'detached' });
  });
});

describe('a page that was not opened before', () => {
  it('says that there is no network, and comes by itself when there is one', async () => {
    const { page } = await stage.tab();
    await page.locator('tbody tr').first().waitFor();
    await page.context().setOffline(true);
    await silence(page).waitFor();
    await page.getByRole('link', { name: 'Routing log', exact: true }).click();
    await page.getByRole('alert').getByText('Its code could not be loaded: the network').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('heading', { name: 'Routing log' }).waitFor();
  });
});

describe('times', () => {
  it('are in one zone on every page, which is named and can be changed', async () => {
    const tab = await stage.tab('/routing-log', { timezoneId: 'America/New_York' });
    const { page } = tab;
    const zone = page.getByLabel('Time zone');
    const shown = async () => {
      const time = page.locator('td.time time').first();
      return [(await time.textContent()) ?? '', (await time.getAttribute('datetime')) ?? ''] as const;
    };
    await page.locator('tbody tr').first().waitFor();
    expect(await zone.inputValue()).toBe('America/New_York');
    const inZone = (at: string, timeZone: string) =>
      new Date(at).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
    const [local, at] = await shown();
    expect(local.slice(0, 8)).toBe(inZone(at, 'America/New_York'));
    await zone.selectOption('UTC');
    const [utc, sameOrLater] = await shown();
    expect(utc.slice(0, 8)).toBe(inZone(sameOrLater, 'UTC'));
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    const created = page.locator('tbody td:not(.check) > time').first();
    await created.waitFor();
    expect(await created.textContent()).toContain(inZone((await created.getAttribute('datetime')) ?? '', 'UTC'));
    await page.reload();
    expect(await zone.inputValue()).toBe('UTC');
  });

  it('of a link are those of who sent it', async () => {
    const day = new Date().toISOString().slice(0, 10);
    const path = `/?from=${day}&to=${day}&tz=Pacific/Kiritimati`;
    const counted: string[] = [];
    for (const timezoneId of ['Asia/Tokyo', 'America/Los_Angeles']) {
      const { page } = await stage.tab(path, { timezoneId });
      expect(await page.getByLabel('Time zone').inputValue()).toBe('Pacific/Kiritimati');
      const asked = await page.waitForRequest((request) => request.postData()?.includes('query OrderPage') === true);
      counted.push(JSON.stringify(JSON.parse(asked.postData() ?? '').variables.where.created));
    }
    expect(counted[0]).toBe(counted[1]);
    await until('both were asked', () => counted.length === 2);
  });
});
