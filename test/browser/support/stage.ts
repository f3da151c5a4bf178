import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PaymentsSandbox } from '../../../src/local/payments/payments-sandbox.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type ApiProcess, startApiProcess } from '../../consistency/api-process.ts';
import { startTestCluster, type TestCluster, type TestClusterOptions } from '../../support/test-cluster.ts';
import { TestRedis } from '../../support/test-redis.ts';
import { launchBrowser } from './chromium.ts';

const pictures = fileURLToPath(new URL('../../artefacts/browser/', import.meta.url));
/** What the page is made for, the narrowest first. */
export const allWidths = [360, 768, 1440] as const;
const schemes = ['light', 'dark'] as const;
const patienceMs = 30_000;

/** A page in a browser of its own, and what was wrong on it. */
export type Tab = {
  readonly page: Page;
  /** What the page said or did that it must not: errors of scripts, breaches of its policy, requests to other hosts. */
  readonly faults: readonly string[];
};

type Props = {
  readonly cluster: TestCluster;
  readonly redis: TestRedis;
  readonly payments: PaymentsSandbox;
  readonly api: ApiProcess;
  readonly browser: Browser;
};

/** Real servers, the API as a process of its own, a payment provider, and a browser. */
export class Stage {
  readonly cluster: TestCluster;
  readonly redis: TestRedis;
  readonly payments: PaymentsSandbox;
  readonly api: ApiProcess;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor({ cluster, redis, payments, api, browser }: Props) {
    this.cluster = cluster;
    this.redis = redis;
    this.payments = payments;
    this.api = api;
    this.#browser = browser;
  }

  static async open(
    options: TestClusterOptions = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Stage> {
    const payments = new PaymentsSandbox({ clock: systemClock });
    // Each that was started is stopped when another one cannot be.
    const [cluster, redis, browser, sandbox] = await Promise.allSettled([
      startTestCluster(options),
      TestRedis.start(),
      launchBrowser(),
      payments.start(),
    ]);
    try {
      const started = { cluster: had(cluster), redis: had(redis), browser: had(browser), payments };
      had(sandbox);
      const api = await startApiProcess(started.cluster, {
        environment: {
          REDIS_URL: started.redis.url,
          PAYMENTS_URL: payments.url,
          REFRESH_INTERVAL_MS: 'off',
          ...environment,
        },
      });
      return new Stage({ ...started, api });
    } catch (error) {
      if (browser.status === 'fulfilled') await browser.value.close();
      if (cluster.status === 'fulfilled') await cluster.value.stop();
      if (redis.status === 'fulfilled') await redis.value.stop();
      await payments.stop();
      throw error;
    }
  }

  /** Where the page is, without a slash at the end. */
  get url(): string {
    return new URL(this.api.url).origin;
  }

  async tab(path = '/', options: Parameters<Browser['newContext']>[0] = {}): Promise<Tab> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      locale: 'en-GB',
      ...options,
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      // An answer that is an error is the page's to show, and the browser's to mention.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
      faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(this.url)) faults.push(`asked ${request.url()}`);
    });
    await page.goto(this.url + path);
    return { page, faults };
  }

  /** Ends what the tests before have opened: their pages ask and listen as long as they are there. */
  async closeTabs(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.closeTabs();
    await this.#browser.close();
    await this.api.stop();
    await Promise.all([this.cluster.stop(), this.redis.stop(), this.payments.stop()]);
  }
}

function had<T>(started: PromiseSettledResult<T>): T {
  if (started.status === 'rejected') throw started.reason;
  return started.value;
}

/** Rules of accessibility that the page breaks, with where; only what is serious or worse. Default: all rules. */
export async function seriousFindings(page: Page, rules: readonly string[] | null = null): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === null ? axe : axe.withRules([...rules])).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Pictures of the page as it stands, to be inspected by people. Default: at each width and in both themes. */
export async function takePictures(
  page: Page,
  name: string,
  widths: readonly (typeof allWidths)[number][] = allWidths,
): Promise<void> {
  await mkdir(pictures, { recursive: true });
  const size = page.viewportSize();
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${width}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  if (size !== null) await page.setViewportSize(size);
}

/** Whether the page is wider than the window, at the narrowest width that it is made for. */
export async function overflowsAt(page: Page, width: number): Promise<boolean> {
  const size = page.viewportSize();
  await page.setViewportSize({ width, height: 900 });
  const overflows = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  if (size !== null) await page.setViewportSize(size);
  return overflows;
}
