/**
 * The testers' page in a real browser, the API as it ships, on one machine with everything else.
 *
 *   paint        from opening the address to the first thing painted, nothing in the browser's cache
 *   interactive  to the first rows, which can be worked with as soon as they are there
 *   change       from sending a write, as somebody else, to the row that shows it: the write itself is part of it
 */
import type { Page } from 'playwright-core';
import { systemClock } from '../../../src/platform/clock.ts';
import { launchBrowser } from '../../browser/support/chromium.ts';
import { updateElsewhere } from '../../browser/support/order-stock.ts';
import { ask } from '../../support/in-process-api.ts';
import { until } from '../../support/until.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { spreadOf } from '../statistics.ts';

const openings = 7;
const changes = 60;
const pauseMs = 100;

/** Runs in the page before everything else, and notes when rows appear and change. */
const watch = `
  window.seen = { rowsMs: null, changes: {} };
  const probe = (records) => {
    if (seen.rowsMs === null && document.querySelector('tbody tr[data-number]')) seen.rowsMs = performance.now();
    for (const { type, target } of records) {
      if (type === 'attributes') seen.changes[target.dataset.number + ' ' + target.dataset.version] = Date.now();
    }
  };
  new MutationObserver(probe).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ['data-version'],
  });
`;

export const pageInBrowser: Bench = {
  name: 'page-in-browser',
  title: 'the order page in a browser: first paint, interactive, and another client’s change until it is on the screen',

  async measure({ laboratory }) {
    const api = await laboratory.freshApi('cached', { DASHBOARD: 'true' });
    const browser = await launchBrowser();
    try {
      const url = new URL(api.url).origin;
      const paintMs: number[] = [];
      const interactiveMs: number[] = [];
      // The first one warms the API.
      for (let opening = 0; opening <= openings; opening += 1) {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        const { paint, rows } = await open(await context.newPage(), url);
        await context.close();
        if (opening === 0) continue;
        paintMs.push(paint);
        interactiveMs.push(rows);
      }
      const page = await browser.newPage();
      await open(page, url);
      const changeMs = await timeChanges(page, api);
      const [paint, interactive, change] = [spreadOf(paintMs), spreadOf(interactiveMs), spreadOf(changeMs)];
      return {
        findings: [
          finding('slowest first paint', paint.most, 'ms', { atMost: 1000 }, paint),
          finding('slowest interactive', interactive.most, 'ms', { atMost: 2000 }, interactive),
          finding('slowest change on the screen', change.most, 'ms', { atMost: 500 }, change),
        ],
        details: { openings, changes, paintMs, interactiveMs },
      };
    } finally {
      await browser.close();
      await api.stop();
    }
  },
};

async function open(page: Page, url: string): Promise<{ readonly paint: number; readonly rows: number }> {
  await page.addInitScript(watch);
  await page.goto(url);
  await page.locator('tbody tr[data-number]').first().waitFor();
  const firstPaint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
  let paint: number | null = null;
  await until('the first paint', async () => {
    paint = await page.evaluate<number | null>(firstPaint);
    return paint !== null;
  });
  return { paint: paint ?? Number.NaN, rows: await page.evaluate<number>('seen.rowsMs') };
}

type Order = { readonly id: string; readonly number: string; readonly version: number };

/** One change after the other, to the orders of the first page in turn. */
async function timeChanges(page: Page, api: { readonly url: string; stop(): Promise<void> }): Promise<number[]> {
  const { data } = await ask(api, '{ orders { nodes { id number version } } }');
  const orders: Order[] = data.orders.nodes;
  const tookMs: number[] = [];
  for (let turn = 0; turn < changes; turn += 1) {
    const place = turn % orders.length;
    const order = orders[place];
    if (order === undefined) throw new Error('there are no orders');
    const sentAt = systemClock.now();
    const changed = await updateElsewhere(api, order, { charge: `${1 + turn}.00` });
    orders[place] = changed;
    const { number, version } = changed;
    await page.locator(`tr[data-number="${number}"][data-version="${version}"]`).waitFor();
    tookMs.push((await page.evaluate<number>(`seen.changes['${number} ${version}']`)) - sentAt);
    await systemClock.sleep(pauseMs);
  }
  return tookMs;
}
