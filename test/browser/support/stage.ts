import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type ApiProcess, startApiProcess } from '../../consistency/api-process.ts';
import { startTestCluster, type TestCluster, type TestClusterOptions } from '../../support/test-cluster.ts';
import { launchBrowser } from './chromium.ts';

const pictures = fileURLToPath(new URL('../../artefacts/browser/', import.meta.url));
const widths = [360, 768, 1440] as const;
const schemes = ['light', 'dark'] as const;
const patienceMs = 30_000;

/** A page in a browser of its own, and what was wrong on it. */
export type Tab = {
  readonly page: Page;
  /** What the page said or did that it must not: errors of scripts, breaches of its policy, requests to other hosts. */
  readonly faults: readonly string[];
};

/** Real servers, the API as a process of its own, and a browser. */
export class Stage {
  readonly cluster: TestCluster;
  readonly api: ApiProcess;
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  private constructor(cluster: TestCluster, api: ApiProcess, browser: Browser) {
    this.cluster = cluster;
    this.api = api;
    this.#browser = browser;
  }

  static async open(options: TestClusterOptions, environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const launching = launchBrowser();
    // Waited for below: it must not count as unhandled when the servers fail first.
    launching.catch(() => {});
    const cluster = await startTestCluster(options);
    const { redis } = cluster.urls();
    try {
      const api = await startApiProcess(cluster, {
        environment: { ...(redis !== null && { REDIS_URL: redis }), ...environment },
      });
      return new Stage(cluster, api, await launching);
    } catch (error) {
      await cluster.stop();
      await launching.then(
        (browser) => browser.close(),
        () => {},
      );
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
    await this.cluster.stop();
  }
}

/** Rules of accessibility that the page breaks, with where; only what is serious or worse. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Pictures of the page as it stands, at each width and in both themes, to be looked at by people. */
export async function takePictures(page: Page, name: string): Promise<void> {
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
