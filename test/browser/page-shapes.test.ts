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

describe('an event list that scrolls', () => {
  it('is reached with the keyboard, and moves with it', async () => {
    const { page } = await stage.tab('/livez');
    const event = {
      name: 'NODE_DOWN',
      severity: 'ERROR',
      node: 'replica-1',
      description: 'does not answer',
      facts: [],
    };
    const events = Array.from({ length: 80 }, (_, place) => ({
      ...event,
      at: new Date(Date.UTC(2026, 10, 20, 10, 0, place)).toISOString(),
    }));
    await page.route('**/graphql', async (route) => {
      if (!/query ClusterEventLog/.test(route.request().postData() ?? '')) return route.continue();
      await route.fulfill({ json: { data: { clusterEventLog: events } } });
    });
    await page.goto(`${stage.url}/cluster`);
    const list = page.getByRole('list', { name: 'Events, newest first' });
    await until('all are there', async () => (await list.locator('li').count()) >= 80);
    const place = () => list.evaluate((element) => [element.scrollTop, element.scrollHeight - element.clientHeight]);
    expect((await place())[1]).toBeGreaterThan(0);
    expect(await seriousFindings(page, ['scrollable-region-focusable'])).toEqual([]);
    await list.focus();
    await page.keyboard.press('End');
    await until('it has moved', async () => ((await place())[0] ?? 0) > 0);
  });
});

describe('a link that names no order', () => {
  const long = 'x'.repeat(200);

  it('with a number of 200 characters shows none, and says why', async () => {
    const { page } = await stage.tab('/livez');
    let asked = 0;
    page.on('request', (request) => {
      if (request.postData()?.includes('query OrderPage') === true) asked += 1;
    });
    await page.goto(`${stage.url}/?number=${long}`);
    await page.getByText('An order number has at most 32 characters.').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search by order number' });
    expect(await search.getAttribute('aria-invalid')).toBe('true');
    expect([await page.locator('tbody tr[data-number]').count(), asked]).toEqual([0, 0]);
    expect(await overflowsAt(page, 320)).toBe(false);
    await takePictures(page, 'number-of-200', [360, 1440]);
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await page.locator('tbody tr[data-number]').first().waitFor();
  });

  it('that is to be opened is said not to be there, and breaks no layout', async () => {
    const { page, faults } = await stage.tab(`/?open=${long}`);
    await page.getByRole('heading', { name: `There is no order ${long}` }).waitFor();
    for (const width of [320, 360, 1440]) expect(await overflowsAt(page, width), String(width)).toBe(false);
    await takePictures(page, 'open-of-200', [360, 1440]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe('what the list says', () => {
  it('of how many match is read out once for each choice of filters', async () => {
    const { page } = await stage.tab('/?number=T-00');
    const told = page.locator('.pager').getByRole('status');
    await told.getByText('5 orders match', { exact: true }).waitFor({ state: 'attached' });
    await page.getByRole('searchbox', { name: 'Search by order number' }).fill('T-003');
    await told.getByText('1 order matches', { exact: true }).waitFor({ state: 'attached' });
  });

  it('of an answer of the cache is not said of a server', async () => {
    const { page } = await stage.tab();
    const chip = page.getByRole('button', { name: 'Where these orders came from' });
    await until('the cache answers', async () => {
      if ((await chip.getAttribute('data-role')) === 'CACHE') return true;
      await page.reload();
      await chip.waitFor();
      return false;
    });
    expect(await chip.textContent()).toMatch(/cache.*read from (source|replica-1)/);
    expect(await chip.textContent()).not.toContain('waited');
    // Blue is a replica that was asked.
    const dot = (role: string) =>
      page.evaluate<string>(`(() => {
        const chip = document.querySelector('.page-head .chip-fresh').cloneNode(true);
        chip.dataset.role = '${role}';
        document.querySelector('.page-head').append(chip);
        const { backgroundColor } = getComputedStyle(chip.querySelector('.chip-dot'));
        chip.remove();
        return backgroundColor;
      })()`);
    expect(new Set([await dot('CACHE'), await dot('REPLICA'), await dot('SOURCE')]).size).toBe(3);
    await chip.click();
    const story = page.getByRole('dialog', { name: 'Where these orders came from' });
    await story.getByText(/, when the cache was filled; not asked for this answer/).waitFor();
    await story.getByText('In the cache for').waitFor();
  });

  it('of an order that was pulled from the payment provider is where it comes from', async () => {
    await createElsewhere(stage.api, { number: `P-${Date.UTC(2026, 10, 20).toString(36).toUpperCase()}-1` });
    const { page } = await stage.tab();
    const origin = page.getByText('Placed at the payment provider and pulled from there');
    await page.getByRole('link', { name: /^P-/ }).click();
    await origin.waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'T-005' }).click();
    await page.getByRole('heading', { name: 'Items' }).waitFor();
    expect(await origin.count()).toBe(0);
  });
});

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
