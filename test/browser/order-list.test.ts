import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/in-process-api.ts';
import { until } from '../support/until.ts';
import { createElsewhere, deleteElsewhere, type Stocked, stockOrders, updateElsewhere } from './support/order-stock.ts';
import { allWidths, Stage, seriousFindings, takePictures } from './support/stage.ts';

// What the list of orders may show, and what it must not do under somebody's hands.
let stage: Stage;
let stocked: readonly Stocked[];

beforeAll(async () => {
  stage = await Stage.open();
  stocked = await stockOrders(stage.api, 60);
});
afterEach(() => stage.closeTabs());
afterAll(() => stage?.stop());

const rows = (page: Page) => page.locator('tbody tr[data-number]');
const row = (page: Page, number: string) => page.locator(`tr[data-number="${number}"]`);
const numbers = (page: Page) =>
  page.evaluate<string[]>("[...document.querySelectorAll('tbody tr[data-number]')].map((one) => one.dataset.number)");
const opened = async (path = '/', options = {}) => {
  const tab = await stage.tab(path, options);
  await rows(tab.page).first().waitFor();
  return tab;
};
const recheckOne =
  'mutation ($ids: [ID!]!) { recheckOrders(input: { ids: $ids }) { ... on RecheckOrdersPayload { job { id total } } } }';
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

describe('rows', () => {
  it('under a filter are those of the filter, or none', async () => {
    const { page } = await opened('/?status=PENDING');
    await page.context().setOffline(true);
    await button(page, /^Paid$/).click();
    await button(page, /^Pending$/)
      .first()
      .click();
    await until('no rows of the filter before are left', async () => (await rows(page).count()) === 0);
    await page.getByRole('alert').getByText('The orders that match these filters could not be loaded.').waitFor();
    await page.context().setOffline(false);
    await rows(page).first().waitFor();
    expect(new Set(await page.locator('tbody .tag').allTextContents())).toEqual(new Set(['Paid']));
  });

  it('stand still under the pointer, with what is new counted above them', async () => {
    const { page } = await opened();
    const before = await numbers(page);
    await rows(page).nth(5).hover();
    await createElsewhere(stage.api, { number: 'N-1' });
    await createElsewhere(stage.api, { number: 'N-2' });
    await button(page, /^2 new$/).waitFor();
    expect(await numbers(page)).toEqual(before);
    // What changes meanwhile shows where it is.
    const [first] = before;
    const sixth = stocked.find(({ number }) => number === before[5]);
    if (sixth === undefined || first === undefined) throw new Error('nothing is listed');
    await updateElsewhere(stage.api, sixth, { charge: '3.21' });
    await row(page, sixth.number).getByText('3.21').waitFor();
    expect(await numbers(page)).toEqual(before);
    await page.getByRole('checkbox', { name: `Select ${sixth.number}` }).click();
    await page.getByText('1 selected').waitFor();
    await button(page, /^2 new$/).click();
    await until('they are there', async () => (await numbers(page)).slice(0, 2).join() === 'N-2,N-1');
    await page.mouse.move(5, 5);
    await createElsewhere(stage.api, { number: 'N-3' });
    await until('it comes by itself', async () => (await numbers(page))[0] === 'N-3');
  });

  it('are selected from one to another, and open when they are clicked', async () => {
    const { page } = await opened('/?sort=number&number=T-0');
    const boxes = page.locator('tbody input[type="checkbox"]');
    await boxes.nth(1).click();
    await boxes.nth(6).click({ modifiers: ['Shift'] });
    await page.getByText('6 selected').waitFor();
    await page.getByRole('link', { name: 'Cluster', exact: true }).click();
    await page.getByRole('heading', { name: 'Cluster' }).waitFor();
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByText('6 selected').waitFor();
    await page.reload();
    await page.getByText('6 selected').waitFor();
    await button(page, 'Clear selection').click();
    await rows(page).nth(2).locator('td.amount').first().click();
    await page.getByRole('dialog').getByRole('heading', { name: 'Change' }).waitFor();
  });

  it('keep their heads in sight, and another page of them begins at the top', async () => {
    const { page } = await opened('/?size=50');
    const head = () => page.evaluate<number>("document.querySelector('thead th').getBoundingClientRect().top");
    await page.evaluate('window.scrollTo(0, 700)');
    await until('the head is in sight', async () => (await head()) >= 0 && (await head()) < 80);
    await button(page, /^Next$/).click();
    // There is none while they are on their way.
    const first = () => page.evaluate<number>("document.querySelector('tbody tr')?.getBoundingClientRect().top ?? -1");
    await until('the first row is in sight', async () => (await first()) > 0 && (await first()) < 300);
  });
});

describe('an open order', () => {
  it('is followed though it is not among the rows, changed and deleted', async () => {
    const [oldest] = stocked;
    if (oldest === undefined) throw new Error('nothing is stocked');
    const { page } = await opened(`/?open=${oldest.number}`);
    const panel = page.getByRole('dialog', { name: oldest.number });
    await panel.getByText('Items').waitFor();
    expect(await row(page, oldest.number).count()).toBe(0);
    const version = panel.locator('dt:text-is("Version") + dd');
    const changed = await updateElsewhere(stage.api, oldest, { charge: '47.11' });
    await until('the change shows', async () => (await version.textContent()) === String(changed.version));
    await deleteElsewhere(stage.api, changed);
    await panel.getByText('This order has been deleted').waitFor();
  });

  it('is followed after it has left the filter with a change of ours', async () => {
    const order = await createElsewhere(stage.api, { number: 'F-1' });
    const { page } = await opened('/?status=PENDING&open=F-1');
    const panel = page.getByRole('dialog', { name: 'F-1' });
    await panel.getByLabel('Status').selectOption('PAID');
    await panel.getByRole('button', { name: 'Save' }).click();
    const version = panel.locator('dt:text-is("Version") + dd');
    await until('it is saved', async () => (await version.textContent()) === '2');
    await updateElsewhere(stage.api, { ...order, version: 2 }, { status: 'SHIPPED' });
    await until('the next change shows', async () => (await version.textContent()) === '3');
  });

  it('with no number is none', async () => {
    const { page } = await opened('/?open=');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('what is typed', () => {
  it('is judged at the field, once, in words of the page', async () => {
    const { page } = await opened();
    await button(page, 'New order').click();
    const dialog = page.getByRole('dialog', { name: 'New order' });
    await dialog.getByLabel('User').fill('0');
    await dialog.getByLabel('Quantity').fill('9999999');
    await dialog.getByLabel('Unit price').fill('12,50');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('A whole number from 1 to 1,000,000.').waitFor();
    expect(await dialog.locator('[aria-invalid="true"]').count()).toBe(5);
    expect(await dialog.getByText('With a point, not a comma: 12.50.').count()).toBe(1);
    await dialog.getByLabel('User').fill('1');
    await dialog.getByLabel('Quantity').fill('1');
    await dialog.getByLabel('Unit price').fill('9999999999.99');
    await dialog.getByLabel('SKU').fill('A');
    await dialog.getByLabel('Name').fill('A');
    await dialog.getByLabel('Currency').fill('xyz');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const currency = dialog.getByLabel('Currency');
    await until('the API was asked', async () => (await currency.getAttribute('aria-invalid')) === 'true');
    expect(await dialog.getByText('Must be an ISO 4217 code such as EUR.').count()).toBe(1);
    expect(await dialog.getByText(/input\.|items 0/).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
  });
});

describe('filters', () => {
  it.each([
    ['/?from=2026-11-20&to=2026-11-10', '“Created from” is after “Created to”.', 'Created from'],
    ['/?min=500&max=100', '“Total at least” is above “Total at most”.', 'Total at most'],
  ])('that nothing can fit are said at the field and never asked: %s', async (path, words, field) => {
    const { page } = await stage.tab(path);
    let asked = 0;
    page.on('request', (request) => {
      if (request.postData()?.includes('query OrderPage') === true) asked += 1;
    });
    await page.getByRole('heading', { name: 'No order can match these filters' }).waitFor();
    await page.getByText(words).waitFor();
    await button(page, /^More filters/).click();
    await until(
      'the field says so',
      async () => (await page.getByLabel(field).getAttribute('aria-invalid')) === 'true',
    );
    await page.waitForTimeout(4000);
    expect(asked).toBe(0);
    expect(await rows(page).count()).toBe(0);
  });

  it('that cannot be read say so at the field', async () => {
    const { page } = await opened('/?min=10');
    await button(page, /^More filters/).click();
    await page.getByLabel('Total at least').fill('12,50');
    await page.getByText('With a point, not a comma: 12.50. Not applied.').waitFor();
  });

  it('lead to the first page from a place that is none', async () => {
    const { page } = await stage.tab('/?after=abc');
    await page.getByRole('heading', { name: 'This link points to a page of the list that no longer exists' }).waitFor();
    await button(page, 'First page').click();
    await rows(page).first().waitFor();
  });

  it('that are typed can be gone back from', async () => {
    const { page } = await opened();
    await page.getByRole('searchbox', { name: 'Search by order number' }).pressSequentially('T-01', { delay: 30 });
    await until('it is in the address', () => page.url().endsWith('number=T-01'));
    await page.goBack();
    await until('nothing is searched', () => !page.url().includes('number'));
  });
});

describe('a recheck', () => {
  it('of many is asked about, found again after a reload, and cancelled', async () => {
    const { page } = await opened('/?number=T-0');
    stage.payments.control({ delayMs: 1500 });
    for (let place = 0; place < 2; place += 1) await page.locator('tbody input[type="checkbox"]').nth(place).click();
    await page.getByText('2 selected').waitFor();
    await button(page, 'Clear selection').click();
    await button(page, /^Recheck all 5\d matching orders$/).click();
    const job = page.getByRole('region', { name: 'Recheck in the background' });
    await job.waitFor();
    await page.getByRole('link', { name: 'Cluster', exact: true }).click();
    await page.getByRole('heading', { name: 'Cluster' }).waitFor();
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await job.waitFor();
    await page.reload();
    await job.waitFor();
    await job.getByRole('button', { name: 'Cancel the rest' }).click();
    await job.getByText(/cancelled after/).waitFor();
    stage.payments.control({ delayMs: 0 });
  });

  it('is found again whatever was asked for since, also after its end', async () => {
    const { page } = await opened('/?number=T-0');
    stage.payments.control({ delayMs: 1500 });
    await button(page, /^Recheck all 5\d matching orders$/).click();
    const job = page.getByRole('region', { name: 'Recheck in the background' });
    const own = job.filter({ hasText: /Recheck of 5\d orders/ });
    await own.waitFor();
    for (let place = 1; place <= 22; place += 1) {
      const { id } = await createElsewhere(stage.api, { number: `J-${place}` });
      const { data } = await ask(stage.api, recheckOne, { variables: { ids: [id] } });
      expect(data?.recheckOrders.job.total).toBe(1);
    }
    await page.reload();
    await own.getByRole('button', { name: 'Cancel the rest' }).waitFor();
    // However many go on, the page has connections left to ask with.
    await page.getByRole('searchbox', { name: 'Search by order number' }).fill('J-22');
    await row(page, 'J-22').waitFor();
    await takePictures(page, 'orders-many-rechecks', [360, 1440]);
    await page.getByRole('link', { name: 'Cluster', exact: true }).click();
    await page.getByRole('heading', { name: 'Cluster' }).waitFor();
    stage.payments.control({ delayMs: 0 });
    await until('all have ended', async () => {
      const { data } = await ask(stage.api, '{ jobs { recent(last: 200) { state } } }');
      return data?.jobs.recent.every(({ state }: { state: string }) => !['QUEUED', 'RUNNING'].includes(state));
    });
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await own.getByRole('button', { name: 'Close' }).click();
    await own.waitFor({ state: 'detached' });
    await page.reload();
    await rows(page).first().waitFor();
    expect(await own.count()).toBe(0);
  });
});

describe('an idle tab', () => {
  it('asks at most twenty times a minute, on each page', async () => {
    const paths = ['/', '/?status=PAID', '/cluster', '/routing-log'];
    // Each in a browser of its own, and all at once: each has half a minute to be watched for.
    const watched = await Promise.all(
      paths.map(async (path) => {
        const { page } = await stage.tab(path);
        await page.locator('tbody tr').first().waitFor();
        await page.waitForTimeout(5000);
        const asked: string[] = [];
        page.on('request', (request) => {
          asked.push(/(?:query|subscription) (\w+)/.exec(request.postData() ?? '')?.[1] ?? request.url());
        });
        const startedMs = performance.now();
        await page.waitForTimeout(30_000);
        const isSeen = await page.evaluate<boolean>(`document.visibilityState === 'visible'`);
        return { path, isSeen, asked, minutes: (performance.now() - startedMs) / 60_000 };
      }),
    );
    for (const { path, isSeen, asked, minutes } of watched) {
      // A page that nobody sees would ask less.
      expect(isSeen, path).toBe(true);
      // One may fall into either end of the time.
      expect(asked.length, `${path}: ${asked.join()}`).toBeLessThanOrEqual(20 * minutes + 1);
    }
  });
});

describe('long texts', () => {
  it('break no layout, at any width', async () => {
    const number = 'W'.repeat(32);
    await createElsewhere(stage.api, {
      number,
      userId: '9223372036854775807',
      items: [{ sku: 'S'.repeat(64), name: 'Wort'.repeat(50), quantity: 1_000_000, unitPrice: '9999.99' }],
    });
    const { page, faults } = await opened();
    await row(page, number).waitFor();
    for (const width of [320, ...allWidths]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<string[]>(`document.documentElement.scrollWidth <= innerWidth ? []
        : [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
          .map((one) => one.tagName + '.' + one.className + ' ' + Math.round(one.getBoundingClientRect().right))`);
      expect(wide, String(width)).toEqual([]);
    }
    await takePictures(page, 'orders-long', [360, 1440]);
    await row(page, number).getByRole('link').click();
    await page.getByRole('heading', { name: 'Items' }).waitFor();
    for (const width of [320, 360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<string[]>(`[...document.querySelectorAll('.side *')]
        .filter((one) => one.getBoundingClientRect().right > document.querySelector('.side').getBoundingClientRect().right + 0.5
          && !one.closest('.unseen')).map((one) => one.tagName + one.className)`);
      expect(wide, String(width)).toEqual([]);
    }
    await takePictures(page, 'order-long', [360, 1440]);
    expect(faults).toEqual([]);
  });

  it('and everything else of an order is there on a phone, and can be sorted', async () => {
    const { page } = await opened('/', { viewport: { width: 360, height: 800 } });
    const first = rows(page).first();
    for (const label of ['Charge', 'Processed', 'User', 'Created', 'Updated'])
      expect(await first.locator(`td[data-label="${label}"]`).isVisible(), label).toBe(true);
    await page.getByLabel('Sort by').selectOption('TOTAL');
    await until('it is sorted', () => page.url().includes('sort=-total'));
    await takePictures(page, 'orders-phone', [360]);
    expect(await seriousFindings(page, ['target-size', 'color-contrast'])).toEqual([]);
  });
});
