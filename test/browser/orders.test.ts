import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { createElsewhere, stockOrders, updateElsewhere } from './support/order-stock.ts';
import { smallText } from './support/small-text.ts';
import { overflowsAt, Stage, seriousFindings, takePictures } from './support/stage.ts';

// The orders page in a real browser, on the real API, on real servers.
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
  await stockOrders(stage.api, 45);
});
afterEach(() => stage.closeTabs());
afterAll(() => stage?.stop());

const row = (page: Page, number: string) => page.locator(`tr[data-number="${number}"]`);
const firstNumber = (page: Page) => page.locator('tbody tr').first().getAttribute('data-number');
const said = (page: Page, text: string) => page.locator('.announcements', { hasText: text }).waitFor();
const rowCount = (page: Page) => page.locator('tbody tr[data-number]').count();
const untilFirstIs = (page: Page, number: string) =>
  until(`${number} comes first`, async () => (await firstNumber(page)) === number);

describe('the list of orders', () => {
  it('says which server gave it, and why that was fresh enough', async () => {
    const { page, faults } = await stage.tab();
    await untilFirstIs(page, 'T-045');
    const chip = page.getByRole('button', { name: 'Where these orders came from' });
    expect(await chip.textContent()).toMatch(/(source|replica-\d).*·|caught up|any replica/);
    await chip.click();
    const story = page.getByRole('dialog', { name: 'Where these orders came from' });
    expect(await story.textContent()).toMatch(/Server(source|replica-\d)Role(source|replica)Reason[\w-]+Levelsession/);
    await page.keyboard.press('Escape');
    await story.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Where T-045 came from' }).click();
    await page.getByRole('dialog', { name: 'Where T-045 came from' }).waitFor();
    expect(await smallText(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('keeps filters, sequence and page in the address, for others and for going back', async () => {
    const { page, faults } = await stage.tab();
    await untilFirstIs(page, 'T-045');
    await page.getByRole('button', { name: 'Next' }).click();
    await untilFirstIs(page, 'T-025');
    expect(page.url()).toContain('after=');
    await page.getByRole('button', { name: 'Paid', exact: true }).click();
    await untilFirstIs(page, 'T-045');
    expect(await rowCount(page)).toBe(15);
    expect(page.url()).toMatch(/\?status=PAID$/);
    await page.getByRole('button', { name: 'Number', exact: true }).click();
    await untilFirstIs(page, 'T-003');
    expect(page.url()).toContain('sort=number');

    const other = await stage.tab(new URL(page.url()).pathname + new URL(page.url()).search);
    await untilFirstIs(other.page, 'T-003');
    expect(await rowCount(other.page)).toBe(15);

    await page.goBack();
    await untilFirstIs(page, 'T-045');
    await page.goBack();
    await untilFirstIs(page, 'T-025');
    expect([...faults, ...other.faults]).toEqual([]);
  });

  it('is searched by number, and says when nothing fits', async () => {
    const { page } = await stage.tab();
    await untilFirstIs(page, 'T-045');
    await page.getByRole('searchbox', { name: 'Search by order number' }).fill('T-01');
    await untilFirstIs(page, 'T-019');
    expect(await rowCount(page)).toBe(10);
    await page.getByRole('searchbox', { name: 'Search by order number' }).fill('t-01');
    await page.getByRole('heading', { name: 'No order matches these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await untilFirstIs(page, 'T-045');
  });

  it('counts what needs attention, and each count is a filter', async () => {
    const { page } = await stage.tab();
    const tile = page.getByRole('button', { name: /Missing charge/ });
    await until('the orders are counted', async () => (await tile.textContent())?.startsWith('30') === true);
    await tile.click();
    await until(
      'thirty fit',
      async () => (await page.locator('.pager').textContent())?.includes('1–20 of 30') === true,
    );
    expect(page.url()).toContain('missing=charge');
    await page.getByRole('button', { name: /All orders/ }).click();
    await until('the filter is gone', () => !page.url().includes('missing'));
  });
});

describe('an order', () => {
  it('is placed, changed and deleted with the keyboard alone', async () => {
    const { page, faults } = await stage.tab();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await untilFirstIs(page, 'T-045');
    await page.getByRole('button', { name: 'New order' }).focus();
    await press('Enter');
    await page.getByRole('dialog', { name: 'New order' }).waitFor();
    await page.getByLabel('User', { exact: true }).focus();
    await page.keyboard.type('12');
    await press('Tab', 'Tab');
    await page.keyboard.type('K-1');
    await press('Tab');
    await page.keyboard.type('BUOY');
    await press('Tab');
    await page.keyboard.type('Buoy');
    await press('Tab', 'Tab');
    await page.keyboard.type('19.90');
    await press('Enter');

    const panel = page.getByRole('dialog', { name: 'K-1' });
    await panel.getByText('Buoy').waitFor();
    await panel.getByLabel('Charge in EUR').focus();
    await page.keyboard.type('19.90');
    await press('Enter');
    await said(page, 'K-1 saved as version 2');
    await press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await until('the list has it', async () => (await row(page, 'K-1').getAttribute('data-version')) === '2');

    await row(page, 'K-1').getByRole('link').focus();
    await press('Enter');
    await panel.getByRole('button', { name: 'Delete…' }).focus();
    await press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).focus();
    await press('Enter');
    await said(page, 'K-1 deleted');
    await until('the list lacks it', async () => (await row(page, 'K-1').count()) === 0);
    expect(faults).toEqual([]);
  });

  it('that breaks a rule says which, and keeps what was filled in', async () => {
    const { page } = await stage.tab();
    await page.getByRole('button', { name: 'New order' }).click();
    const dialog = page.getByRole('dialog', { name: 'New order' });
    await dialog.getByLabel('User', { exact: true }).fill('1');
    await dialog.getByLabel('Order number').fill('T-001');
    await dialog.getByLabel('SKU').fill('A');
    await dialog.getByLabel('Name').fill('A');
    await dialog.getByLabel('Unit price').fill('1');
    await dialog.getByRole('button', { name: 'Create' }).click();
    expect(await dialog.getByRole('alert').textContent()).toContain('INVALID_INPUT');
    expect(await dialog.getByLabel('SKU').inputValue()).toBe('A');
  });

  it('that another user has changed first is shown in both versions, and merged', async () => {
    const seen = await createElsewhere(stage.api, { number: 'C-1', charge: '5.00' });
    const { page, faults } = await stage.tab('/?open=C-1');
    await page.getByRole('button', { name: 'Pause live updates' }).click({ force: true });
    const panel = page.getByRole('dialog', { name: 'C-1' });
    await panel.getByLabel('Charge in EUR').fill('25.00');
    await updateElsewhere(stage.api, seen, { status: 'PAID', charge: '24.00' });
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByRole('heading', { name: 'Someone else changed this order first' }).waitFor();
    const line = panel.getByRole('row', { name: /^Charge/ });
    expect(await line.textContent()).toMatch(/5\.00.*25\.00.*24\.00/);
    expect(await panel.getByRole('row', { name: /^Status/ }).textContent()).toMatch(/Pending.*Pending.*Paid/);
    await takePictures(page, 'orders-conflict', [360, 1440]);
    expect(await smallText(page)).toEqual([]);
    expect(await overflowsAt(page, 360)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await panel.getByRole('button', { name: 'Save as version 3' }).click();
    await said(page, 'C-1 saved as version 3');
    await until('theirs and mine are both in it', async () => {
      const text = await row(page, 'C-1').textContent();
      return text?.includes('Paid') === true && text.includes('25.00');
    });
    expect(faults).toEqual([]);
  });

  it('that has moved on is not deleted unseen', async () => {
    const seen = await createElsewhere(stage.api, { number: 'D-1' });
    const { page } = await stage.tab('/?open=D-1');
    const panel = page.getByRole('dialog', { name: 'D-1' });
    await panel.getByRole('button', { name: 'Delete…' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('Version 1 and its items').waitFor();
    await updateElsewhere(stage.api, seen, { status: 'CANCELLED' });
    await question.getByRole('button', { name: 'Delete' }).click();
    await question.getByText('the current one is version 2').waitFor();
    expect(await question.getByRole('row', { name: /^Status/ }).textContent()).toMatch(/Pending.*Cancelled/);
    await question.getByRole('button', { name: 'Delete version 2 anyway' }).click();
    await said(page, 'D-1 deleted');
  });
});

describe('live updates', () => {
  it('show what others write, until they are paused', async () => {
    const seen = await createElsewhere(stage.api, { number: 'L-1' });
    const { page, faults } = await stage.tab();
    await row(page, 'L-1').waitFor();
    const paid = await updateElsewhere(stage.api, seen, { status: 'PAID' });
    await row(page, 'L-1').getByText('Paid', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await updateElsewhere(stage.api, paid, { status: 'SHIPPED' });
    await until(
      'the change is held',
      async () => (await page.locator('.live').textContent())?.startsWith('Paused1') === true,
    );
    expect(await row(page, 'L-1').textContent()).toContain('Paid');
    await page.getByRole('button', { name: 'Pause live updates' }).click();
    await row(page, 'L-1').getByText('Shipped', { exact: true }).waitFor();
    expect(faults).toEqual([]);
  });
});

describe('a recheck', () => {
  it('of several orders is followed to its end, while the list shows what it finds', async () => {
    const { page, faults } = await stage.tab();
    await row(page, 'T-044').waitFor();
    const before = await row(page, 'T-044').getAttribute('data-version');
    stage.payments.control({ delayMs: 300 });
    for (const number of ['T-044', 'T-043'])
      await page.getByRole('checkbox', { name: `Select ${number}` }).press('Space');
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Recheck', exact: true }).click();
    const job = page.getByRole('region', { name: 'Recheck in the background' });
    await job.getByText('Recheck of 2 orders').waitFor();
    await said(page, 'Recheck done');
    stage.payments.control({ delayMs: 0 });
    await until('what was found shows', async () => (await row(page, 'T-044').getAttribute('data-version')) !== before);
    await job.getByRole('button', { name: 'Close' }).click();
    await job.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  it('can be had for all orders that fit the filters', async () => {
    const { page } = await stage.tab('/?number=T-00');
    await page.getByRole('button', { name: 'Recheck all 9 matching orders' }).click();
    await page.getByText('Recheck of 9 orders', { exact: true }).waitFor();
    await said(page, 'Recheck done');
  });
});

describe('the page', () => {
  it('has no serious fault of accessibility, and fits every width', async () => {
    const { page, faults } = await stage.tab();
    await untilFirstIs(page, (await firstNumber(page)) ?? '');
    await takePictures(page, 'orders');
    for (const width of [360, 768, 1440]) expect(await overflowsAt(page, width), String(width)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { name: 'Change' }).waitFor();
    await takePictures(page, 'order', [360, 1440]);
    expect(await smallText(page)).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await overflowsAt(page, 360)).toBe(false);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'New order' }).click();
    await takePictures(page, 'order-new', [360]);
    expect(await smallText(page)).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('keeps the theme that was chosen', async () => {
    const { page } = await stage.tab('/', { colorScheme: 'light' });
    const paper = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const light = await paper();
    await page.getByLabel('Theme').selectOption('dark');
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await paper()).toBe(dark);
  });

  it('says so where there is no page', async () => {
    const { page } = await stage.tab('/nowhere');
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  });
});

describe('with servers down', () => {
  const notice = (page: Page) => page.locator('.notice', { hasText: /is down|does not answer|No server/ }).first();

  it('the page goes on without a replica, and says which', async () => {
    const { page } = await stage.tab();
    await stage.cluster.kill('replica-1');
    await until(
      'the replica is missed',
      async () => (await notice(page).textContent())?.includes('replica-1') === true,
    );
    await page.getByRole('button', { name: 'Refresh' }).click();
    await row(page, 'T-045').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await stage.cluster.restart('replica-1');
    await notice(page).waitFor({ state: 'detached' });
  });

  it('the page goes on without Redis, and says what that means', async () => {
    const { page } = await stage.tab();
    await row(page, 'T-045').waitFor();
    await stage.redis.kill();
    await page.getByText(/^Redis .*rechecks wait/).waitFor();
    await page.getByRole('checkbox', { name: 'Select T-045' }).press('Space');
    await page.getByRole('button', { name: 'Recheck', exact: true }).click();
    await page.getByRole('alert').getByText('JOBS_UNAVAILABLE').waitFor();
    await createElsewhere(stage.api, { number: 'R-1' });
    await row(page, 'R-1').waitFor();
    await stage.redis.restart();
    await notice(page).waitFor({ state: 'detached' });
  });

  it('orders are still read without the source, and a change that no server accepts stays in its form', async () => {
    const { page } = await stage.tab('/?open=T-001');
    const panel = page.getByRole('dialog', { name: 'T-001' });
    await panel.getByLabel(/^Charge/).fill('7.00');
    await stage.cluster.kill('source');
    await page.getByText('No server takes writes: orders can be read, not changed.').waitFor();
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByRole('alert').getByText('SOURCE_UNAVAILABLE').waitFor();
    expect(await panel.getByLabel(/^Charge/).inputValue()).toBe('7.00');
    await takePictures(page, 'orders-without-source', [1440]);
    await stage.cluster.restart('source');
    await notice(page).waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Save' }).click();
    await said(page, 'T-001 saved as version');
  });

  it('the page says so when the API itself is gone, and keeps what it showed', async () => {
    const { page } = await stage.tab();
    await row(page, 'R-1').waitFor();
    await stage.api.stop();
    await page.getByText('The API does not answer. Everything on this page is as of').waitFor();
    expect(await row(page, 'R-1').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'pause live updates' }).textContent()).toMatch(/^No answer/);
  });
});
