/**
 * Somebody selects orders, one after the other, on a page of a hundred that others change all the while.
 *
 *   worst interaction   from a press to the next paint, as the browser says itself (Event Timing, in steps of 8 ms): what
 *                       people feel. The machine has a part in it: on a busy one the browser waits for a processor as well
 *   worst work          what the page's main thread had to do from a press to its paint, in processor time: the page alone
 *
 * How much of its own tasks' time the main thread was kept from running tells the one from the other.
 */
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../../src/platform/clock.ts';
import { launchBrowser } from '../../browser/support/chromium.ts';
import { until } from '../../support/until.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { clockMark, tasksIn, tracedCategories, workWithin } from '../main-thread-work.ts';
import { rounded, spreadOf } from '../statistics.ts';
import { SteadyWriter } from '../steady-writer.ts';

const rows = 100;
const changesPerSecond = 50;
const presses = 40;
const pauseMs = 250;

type Interaction = { readonly startTime: number; readonly duration: number };

/** Runs in the page before everything else. What took less than 16 ms is not told of, and took no time. */
const watch = `
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const { interactionId, startTime, duration } of list.getEntries())
      if (interactionId > 0) interactions.push({ startTime, duration });
  }).observe({ type: 'event', durationThreshold: 16 });
`;

export const pageInteractions: Bench = {
  name: 'page-interactions',
  title: `selecting orders on a page of ${rows} that ${changesPerSecond} changes a second go over: from press to paint`,

  async measure({ laboratory }) {
    const api = await laboratory.freshApi('cached', { DASHBOARD: 'true' });
    const writing = await laboratory.freshApi('cached');
    const browser = await launchBrowser();
    const writer = await SteadyWriter.open(writing.url, {
      workers: 10,
      ordersEach: rows / 10,
      perSecond: changesPerSecond,
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.addInitScript(watch);
      await page.goto(`${new URL(api.url).origin}/?size=${rows}`);
      await until('all rows are there', async () => (await page.locator('tbody tr[data-number]').count()) === rows);
      const { value, written } = await writer.during(() => press(browser, page));
      const [took, worked] = [spreadOf(value.tookMs), spreadOf(value.workedMs)];
      return {
        findings: [
          finding('worst interaction', took.most, 'ms', { atMost: 100 }, took),
          finding('worst work of the main thread for one', worked.most, 'ms', { atMost: 50 }, worked),
          finding('changes a second', written.perSecond, '', { atLeast: changesPerSecond * 0.9 }),
        ],
        details: { rows, presses, mainThreadBusy: rounded(value.busy), keptFromRunning: rounded(value.kept), ...took },
      };
    } finally {
      writer.close();
      await browser.close();
      await Promise.all([api.stop(), writing.stop()]);
    }
  },
};

type Presses = {
  readonly tookMs: readonly number[];
  readonly workedMs: readonly number[];
  /** Which share of the time the page's main thread was at work, and of that work which share it stood without a processor. */
  readonly busy: number;
  readonly kept: number;
};

async function press(browser: Browser, page: Page): Promise<Presses> {
  await browser.startTracing(page, { categories: tracedCategories });
  const startedMs = await page.evaluate<number>(`performance.mark('${clockMark}').startTime`);
  const boxes = page.locator('tbody input[type="checkbox"]');
  for (let turn = 0; turn < presses; turn += 1) {
    await boxes.nth((turn * 7) % rows).click();
    await systemClock.sleep(pauseMs);
  }
  const endedMs = await page.evaluate<number>('performance.now()');
  const told = await page.evaluate<Interaction[]>('interactions');
  const tasks = tasksIn((await browser.stopTracing()).toString());
  const each = told.length === 0 ? [{ startTime: endedMs, duration: 0 }] : told;
  const { processorMs, keptMs } = workWithin(tasks, startedMs, endedMs);
  return {
    tookMs: each.map(({ duration }) => duration),
    workedMs: each.map(({ startTime, duration }) => workWithin(tasks, startTime, startTime + duration).processorMs),
    busy: processorMs / (endedMs - startedMs),
    kept: keptMs / (processorMs + keptMs),
  };
}
