/**
 * Somebody selects orders, one after the other, on a page of a hundred that others change all the while. How long the browser
 * took from each press to the next paint is what it says itself (Event Timing, in steps of 8 ms).
 */
import type { Page } from 'playwright-core';
import { systemClock } from '../../../src/platform/clock.ts';
import { launchBrowser } from '../../browser/support/chromium.ts';
import { until } from '../../support/until.ts';
import type { Bench } from '../bench.ts';
import { finding } from '../finding.ts';
import { rounded, spreadOf } from '../statistics.ts';
import { SteadyWriter } from '../steady-writer.ts';

const rows = 100;
const changesPerSecond = 50;
const presses = 40;
const pauseMs = 250;

/** Runs in the page before everything else. What took less than 16 ms is not told of, and took no time. */
const watch = `
  window.took = [];
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) if (interactionId > 0) took.push(duration);
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
      const { value, written } = await writer.during(() => press(page));
      const spread = spreadOf(value.tookMs);
      return {
        findings: [
          finding('worst interaction', spread.most, 'ms', { atMost: 100 }, spread),
          finding('changes a second', written.perSecond, '', { atLeast: changesPerSecond * 0.9 }),
        ],
        details: { rows, presses, mainThreadBusy: rounded(value.busy), ...spread },
      };
    } finally {
      writer.close();
      await browser.close();
      await Promise.all([api.stop(), writing.stop()]);
    }
  },
};

/** How long each press took, and which share of the time the page's main thread was at work meanwhile. */
async function press(page: Page): Promise<{ readonly tookMs: readonly number[]; readonly busy: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workedS = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const boxes = page.locator('tbody input[type="checkbox"]');
  const [startMs, startS] = [systemClock.monotonic(), await workedS()];
  for (let turn = 0; turn < presses; turn += 1) {
    await boxes.nth((turn * 7) % rows).click();
    await systemClock.sleep(pauseMs);
  }
  const busy = (1000 * ((await workedS()) - startS)) / (systemClock.monotonic() - startMs);
  const told = await page.evaluate<number[]>('took');
  return { tookMs: told.length === 0 ? [0] : told, busy };
}
