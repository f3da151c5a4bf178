import type { Browser, BrowserContext, Page } from 'playwright-core';

const patienceMs = 30_000;

/** A page in a browser of its own, and what was wrong on it. */
export type Tab = {
  readonly page: Page;
  /** What the page said or did that it must not: errors of scripts, breaches of its policy, requests to other hosts. */
  readonly faults: readonly string[];
};

export type TabOptions = Parameters<Browser['newContext']>[0];

/** Opens pages of one server, each as another visitor. */
export class Tabs {
  readonly #browser: Browser;
  readonly #url: string;
  readonly #contexts: BrowserContext[] = [];

  /** `url` has no slash at the end. */
  constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.#url = url;
  }

  async open(path = '/', options: TabOptions = {}): Promise<Tab> {
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
      if (!request.url().startsWith(this.#url)) faults.push(`asked ${request.url()}`);
    });
    await page.goto(this.#url + path);
    return { page, faults };
  }

  /** Ends what was opened: pages ask and listen as long as they are there. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.closeAll();
    await this.#browser.close();
  }
}
