import type { Page } from 'playwright-core';

/** Nobody is to read anything smaller. */
const smallestPx = 12;

/**
 * Text on the page as it stands that is smaller than that, each as "9.75px: its words". What is written into form fields, by
 * style sheets and into plots counts as well; what only screen readers get does not.
 */
export function smallText(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(${findSmall})(${smallestPx})`);
}

// Runs in the page.
const findSmall = `(smallestPx) => {
  const found = new Set();
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const judge = (font, words) => {
    const text = words.trim();
    if (text !== '' && Number.parseFloat(font) < smallestPx - 0.01) found.add(font + ': ' + text.slice(0, 60));
  };
  for (const element of document.querySelectorAll('body, body *')) {
    if (!isShown(element)) continue;
    const { fontSize } = getComputedStyle(element);
    for (const { nodeType, data } of element.childNodes) if (nodeType === Node.TEXT_NODE) judge(fontSize, data);
    if (element.matches('input:not([type=checkbox], [type=radio]), select, textarea'))
      judge(fontSize, element.value || element.placeholder || element.type);
    for (const pseudo of ['::before', '::after']) {
      const style = getComputedStyle(element, pseudo);
      if (/[^"]"$/.test(style.content)) judge(style.fontSize, style.content);
    }
    if (element instanceof HTMLCanvasElement) {
      const font = /[\\d.]+px/.exec(element.getContext('2d').font)?.[0] ?? '';
      judge(Number.parseFloat(font) / devicePixelRatio + 'px', 'a plot');
    }
  }
  return [...found];
}`;
