import type { Page } from 'playwright-core';

/** What is chosen on the page and looks like what stands beside it and is not, but for the weight of its letters. */
export function unseenChoices(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${findUnseen})()`);
}

// Runs in the page.
const findUnseen = `() => {
  const chosen = '[data-selected], [aria-current="page"]';
  const probe = (one) => {
    const { backgroundColor, borderBottomColor } = getComputedStyle(one);
    return backgroundColor + ' ' + borderBottomColor;
  };
  return ['.tabs a', '.tile', '.status-choice', '.segment'].flatMap((kind) => {
    const all = [...document.querySelectorAll(kind)].filter((one) => one.checkVisibility());
    const others = new Set(all.filter((one) => !one.matches(chosen)).map(probe));
    return all.filter((one) => one.matches(chosen) && others.has(probe(one))).map((one) => kind + ' ' + one.textContent);
  });
}`;
