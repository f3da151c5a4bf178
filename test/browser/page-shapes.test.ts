import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { createElsewhere, stockOrders } from './support/order-stock.ts';
import { overflowsAt, Stage, seriousFindings, takePictures } from './support/stage.ts';
import { unseenChoices } from './support/unseen-choices.ts';

// What the page looks like where somebody else decides: streams that end by themselves, long names, forced colours.
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({ replicas: 1 }, { STREAM_MAX_AGE_S: '3' });
  await stockOrders(stage.api, 5);
});
afterEach(() => stage.closeTabs());
afterAll(() => stage?.stop());

/** Runs in the page before everything else: notes what the switch has said. */
const noteStates = `
  window.states = [];
  new MutationObserver(() => {
    const state = document.querySelector('.live')?.getAttribute('data-live');
    if (state && states.at(-1) !== state) states.push(state);
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live'] });
`;

describe('a stream that ends because it is old', () => {
  it.each(['/', '/routing-log'])('is followed by another one, and nothing is said to be lost: %s', async (path) => {
    const { page, faults } = await stage.tab('/cluster');
    await page.addInitScript(noteStates);
    let opened = 0;
    page.on('request', (request) => {
      if (/subscription (?:OrderChanged|Routing)/i.test(request.postData() ?? '')) opened += 1;
    });
    await page.goto(stage.url + path);
    await page.locator('tbody tr').first().waitFor();
    await until('several have ended', () => opened >= 4);
    const states = await page.evaluate<string[]>('states');
    expect(states).not.toContain('reconnecting');
    expect(states).toContain('live');
    if (path === '/') {
      const { number } = await createElsewhere(stage.api);
      await page.locator(`tr[data-number="${number}"]`).waitFor();
    }
    expect(faults).toEqual([]);
  });
});

const longName = `replica-${'x'.repeat(96)}.${'in-the-east-'.repeat(8)}`.slice(0, 200);

/** The page of servers whose names are as long as names get. */
async function withLongNames(path: string): Promise<Page> {
  const { page } = await stage.tab('/livez');
  await page.route('**/graphql', async (route) => {
    if (/subscription/.test(route.request().postData() ?? '')) return route.continue();
    const answer = await route.fetch().catch(() => null);
    // The page has gone meanwhile.
    const text = await answer?.text().catch(() => null);
    if (answer == null || text == null) return;
    await route.fulfill({
      response: answer,
      body: text.replaceAll('replica-1', longName).replaceAll('"source"', `"${longName}-2"`),
    });
  });
  await page.goto(stage.url + path);
  return page;
}

describe('names of 200 characters', () => {
  it.each([
    ['/', '.chip-fresh'],
    ['/cluster', 'tbody tr'],
    ['/routing-log', 'tbody tr'],
  ])('break no layout, at any width: %s', async (path, content) => {
    const page = await withLongNames(path);
    await page.locator(content).first().waitFor();
    await until(
      'the long name is shown',
      async () => (await page.locator('body').textContent())?.includes(longName) === true,
    );
    for (const width of [320, 360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? []
        : [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
          .map((one) => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right))`);
      expect(wide, String(width)).toEqual([]);
    }
    await takePictures(page, `long-names${path.replace('/', '-')}`, [360, 1440]);
  });
});

describe('forced colours', () => {
  it.each(['/', '/?status=PENDING', '/cluster', '/routing-log'])('leave everything to be seen: %s', async (path) => {
    const { page } = await stage.tab(path, { forcedColors: 'active' });
    await page.locator('tbody tr').first().waitFor();
    await until('the line is there', async () => (await page.locator('main').textContent())?.trim() !== '');
    // A dot is a background, which is forced away unless it says that it must not be.
    const gone = await page.evaluate<string[]>(`[...document.querySelectorAll('.chip-dot, .live-dot, .series-mark')]
      .filter((one) => one.checkVisibility())
      .filter((one) => {
        const { backgroundColor, forcedColorAdjust } = getComputedStyle(one);
        const behind = getComputedStyle(document.body).backgroundColor;
        return forcedColorAdjust !== 'none' || backgroundColor === behind || backgroundColor === 'rgba(0, 0, 0, 0)';
      }).map((one) => one.className)`);
    expect(gone).toEqual([]);
    expect(await page.evaluate<boolean>(`matchMedia('(forced-colors: active)').matches`)).toBe(true);
    // What is a button or a field has an edge of its own.
    const edgeless = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('.button, .chip, input[type="search"], select')]
      .filter((one) => one.checkVisibility() && !one.classList.contains('button-plain'))
      .filter((one) => getComputedStyle(one).borderTopStyle === 'none').map((one) => one.className || one.tagName)`);
    expect(edgeless).toEqual([]);
    expect(await unseenChoices(page)).toEqual([]);
    expect(await overflowsAt(page, 320)).toBe(false);
    expect(await seriousFindings(page, ['aria-hidden-focus', 'button-name', 'label'])).toEqual([]);
  });
});
