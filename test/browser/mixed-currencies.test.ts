import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createElsewhere } from './support/order-stock.ts';
import { Stage } from './support/stage.ts';

// Totals of several currencies: which amounts are compared with which, and what the page says about it.
let stage: Stage;

/** By their amounts as numbers: 5 USD, 9 EUR, 700 JPY, 800 EUR, 8,000 JPY. */
const stock = [
  ['M-1', 'EUR', '9.00'],
  ['M-2', 'JPY', '8000.00'],
  ['M-3', 'USD', '5.00'],
  ['M-4', 'EUR', '800.00'],
  ['M-5', 'JPY', '700.00'],
] as const;

beforeAll(async () => {
  stage = await Stage.open();
  for (const [number, currency, unitPrice] of stock) {
    await createElsewhere(stage.api, { number, currency, items: [{ sku: 'S', name: 'N', quantity: 1, unitPrice }] });
  }
});
afterEach(() => stage.closeTabs());
afterAll(() => stage?.stop());

async function opened(path: string): Promise<Page> {
  const { page } = await stage.tab(path);
  await page.locator('tbody tr[data-number]').first().waitFor();
  return page;
}
const numbers = (page: Page) =>
  page.evaluate<string[]>("[...document.querySelectorAll('tbody tr[data-number]')].map((one) => one.dataset.number)");
const totalOf = async (page: Page, number: string) => {
  const cell = page
    .locator(`tr[data-number="${number}"] td`)
    .filter({ has: page.locator('.currency') })
    .first();
  return ((await cell.textContent()) ?? '').replace(/\s+/g, ' ').trim();
};

describe('a list whose totals are compared', () => {
  it.each([
    ['/?sort=total', ['M-3', 'M-1', 'M-5', 'M-4', 'M-2'], 'Sorted by amount, ignoring the currency.'],
    ['/?sort=-total', ['M-2', 'M-4', 'M-5', 'M-1', 'M-3'], 'Sorted by amount, ignoring the currency.'],
    ['/?sort=number&min=700', ['M-2', 'M-4', 'M-5'], 'Filtered by amount, ignoring the currency.'],
    ['/?sort=total&max=700', ['M-3', 'M-1', 'M-5'], 'Sorted and filtered by amount, ignoring the currency.'],
  ])('at %s names what is ignored', async (path, expected, note) => {
    const page = await opened(path);
    await page.getByText(note, { exact: true }).waitFor();
    expect(await numbers(page)).toEqual(expected);
  });

  it.each([
    ['/?sort=total&currency=EUR', ['M-1', 'M-4']],
    ['/?sort=-total&currency=JPY', ['M-2', 'M-5']],
    ['/?sort=number&min=700&currency=JPY', ['M-2', 'M-5']],
    ['/?sort=number&max=700&currency=EUR', ['M-1']],
  ])('at %s compares one currency, and needs no word', async (path, expected) => {
    const page = await opened(path);
    expect(await numbers(page)).toEqual(expected);
    expect(await page.getByText('ignoring the currency').count()).toBe(0);
  });

  it('names the currency with each total, in its own units', async () => {
    const page = await opened('/?sort=number');
    const shown = await Promise.all(stock.map(([number]) => totalOf(page, number)));
    expect(shown).toEqual(['9.00 EUR', '8,000 JPY', '5.00 USD', '800.00 EUR', '700 JPY']);
    expect(await page.getByText('ignoring the currency').count()).toBe(0);
  });
});
