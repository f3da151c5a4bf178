import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { createElsewhere, deleteElsewhere, stockOrders } from './support/order-stock.ts';
import { Stage, seriousFindings, takePictures } from './support/stage.ts';

// What somebody has typed and not saved: whatever it was typed into, and whichever way that is left.
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
  await stockOrders(stage.api, 60);
});
afterEach(() => stage.closeTabs());
afterAll(() => stage?.stop());

const rows = (page: Page) => page.locator('tbody tr[data-number]');
const row = (page: Page, number: string) => page.locator(`tr[data-number="${number}"]`);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const opened = async (path = '/') => {
  const tab = await stage.tab(path);
  await rows(tab.page).first().waitFor();
  return tab;
};
const stay = (page: Page) => page.getByRole('alertdialog', { name: 'Discard unsaved input?' });
const keep = async (page: Page) => {
  await stay(page).getByRole('button', { name: 'Keep editing' }).click();
  await stay(page).waitFor({ state: 'detached' });
};
const discard = (page: Page) => stay(page).getByRole('button', { name: 'Discard' }).click();
const newOrder = async (page: Page) => {
  await button(page, 'New order').click();
  const dialog = page.getByRole('dialog', { name: 'New order' });
  await dialog.waitFor();
  return dialog;
};

/** Whether the browser itself asks before the tab is reloaded; it stays. */
async function asksBeforeReload(page: Page): Promise<string> {
  const asked = new Promise<string>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.type());
      void dialog.dismiss();
    });
  });
  await page.evaluate('setTimeout(() => location.reload())');
  return asked;
}

describe('what is typed into an order', () => {
  it('is asked about before it is lost: by Escape, a click beside it, a link, going back, and by the browser', async () => {
    const { page } = await opened('/?sort=-number&number=T-06');
    await row(page, 'T-060').getByRole('link').click();
    const panel = page.getByRole('dialog', { name: 'T-060' });
    const charge = panel.getByLabel(/^Charge/);
    await charge.fill('8.15');
    const leaves: readonly (() => Promise<unknown>)[] = [
      () => page.keyboard.press('Escape'),
      () => page.mouse.click(20, 400),
      () => panel.getByRole('button', { name: 'Close' }).click(),
      () => page.evaluate('history.back()'),
    ];
    for (const leave of leaves) {
      await leave();
      await stay(page).waitFor();
      await keep(page);
      expect(await charge.inputValue()).toBe('8.15');
    }
    expect(await asksBeforeReload(page)).toBe('beforeunload');
    expect(await charge.inputValue()).toBe('8.15');
    await page.keyboard.press('Escape');
    expect(await seriousFindings(page)).toEqual([]);
    await discard(page);
    await panel.waitFor({ state: 'detached' });
  });

  it('is asked about whichever field it was typed into', async () => {
    const { page } = await opened('/?sort=-number&number=T-06&open=T-060');
    const panel = page.getByRole('dialog', { name: 'T-060' });
    const types: readonly (() => Promise<unknown>)[] = [
      () => panel.getByLabel('Status').selectOption({ index: 1 }),
      () => panel.getByLabel(/^Charge/).fill('no number'),
      () => panel.getByLabel(/^Processed/).fill('2026-11-20T10:00:00'),
    ];
    for (const type of types) {
      await type();
      await page.keyboard.press('Escape');
      await discard(page);
      await panel.waitFor({ state: 'detached' });
      await row(page, 'T-060').getByRole('link').click();
    }
  });

  it('is shown when another user deletes the order, and asked about until then', async () => {
    const order = await createElsewhere(stage.api, { number: 'G-1' });
    const { page } = await opened('/?open=G-1');
    const panel = page.getByRole('dialog', { name: 'G-1' });
    await panel.getByLabel(/^Charge/).fill('47.11');
    await deleteElsewhere(stage.api, order);
    const typed = panel.getByRole('region', { name: 'What you have typed' });
    await typed.getByText('47.11').waitFor();
    await panel.getByText('This order has been deleted').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await takePictures(page, 'order-deleted-typed', [360, 1440]);
    await page.keyboard.press('Escape');
    await keep(page);
    expect(await asksBeforeReload(page)).toBe('beforeunload');
    // Another order that gets the number is no reason to lose it either.
    await createElsewhere(stage.api, { number: 'G-1', userId: '9' });
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await typed.getByText('47.11').waitFor();
    await typed.getByRole('button', { name: 'Discard' }).click();
    await until(
      'the other one is shown',
      async () => (await panel.locator('dt:text-is("User") + dd').textContent()) === '9',
    );
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('is named before the order is deleted with it', async () => {
    await createElsewhere(stage.api, { number: 'G-2' });
    const { page } = await opened('/?open=G-2');
    const panel = page.getByRole('dialog', { name: 'G-2' });
    await panel.getByLabel(/^Charge/).fill('1.00');
    await panel.getByRole('button', { name: 'Delete…' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete G-2?' });
    await question.getByText('Your unsaved changes will be lost').waitFor();
    await question.getByRole('button', { name: 'Delete', exact: true }).click();
    await panel.waitFor({ state: 'detached' });
    expect(await stay(page).count()).toBe(0);
  });
});

describe('what is typed into a new order', () => {
  it('is asked about whichever field it was typed into', async () => {
    const { page } = await opened();
    for (const [label, text] of [
      ['User', '12'],
      ['Currency', 'USD'],
      ['Order number', 'X-1'],
      ['SKU', 'A'],
      ['Name', 'B'],
      ['Quantity', '12'],
      ['Unit price', '1.00'],
    ] as const) {
      const dialog = await newOrder(page);
      await dialog.getByLabel(label).fill(text);
      await page.keyboard.press('Escape');
      await keep(page);
      expect(await dialog.getByLabel(label).inputValue()).toBe(text);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await discard(page);
      await dialog.waitFor({ state: 'detached' });
    }
    const dialog = await newOrder(page);
    await dialog.getByLabel('Currency').fill('USD');
    expect(await asksBeforeReload(page)).toBe('beforeunload');
    await dialog.getByLabel('Currency').fill('EUR');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('is gone after going back and agreeing to lose it, and what is typed next is asked about', async () => {
    const { page } = await opened();
    await button(page, /^Paid$/).click();
    await until('it is in the address', () => page.url().includes('status=PAID'));
    const dialog = await newOrder(page);
    await dialog.getByLabel('Quantity').fill('12');
    await page.evaluate('history.back()');
    await discard(page);
    await dialog.waitFor({ state: 'detached' });
    await until('it went back', () => !page.url().includes('status=PAID'));
    await newOrder(page);
    await dialog.getByLabel('Quantity').fill('12');
    await page.keyboard.press('Escape');
    await stay(page).waitFor();
  });

  it('is not asked about after it was created', async () => {
    const { page } = await opened();
    const dialog = await newOrder(page);
    await dialog.getByLabel('User').fill('12');
    await page.keyboard.press('Escape');
    await keep(page);
    await dialog.getByLabel('SKU').fill('A');
    await dialog.getByLabel('Name').fill('B');
    await dialog.getByLabel('Unit price').fill('1.00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Change' }).waitFor();
    expect(await stay(page).count()).toBe(0);
  });
});
