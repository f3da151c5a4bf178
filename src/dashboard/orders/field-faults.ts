/** Errors of a form's fields by path, such as `items.0.quantity`, phrased to stand below the field. */
import { countInWords } from '../shell/figures.ts';
import { hundredthsOf } from './amounts.ts';
import type { Refusal } from './order-documents.ts';

export type FieldFaults = Readonly<Record<string, string>>;

export const noFaults: FieldFaults = {};

export type TypedItem = {
  readonly sku: string;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
};
export type TypedOrder = {
  readonly userId: string;
  readonly currency: string;
  readonly number: string;
  readonly items: readonly TypedItem[];
};

const maxQuantity = 1_000_000;

/** Catches only plain mistakes: the rules themselves are the API's, which reports the rest. */
export function faultsOf({ userId, currency, number, items }: TypedOrder): FieldFaults {
  const faults: Record<string, string> = {};
  const say = (path: string, isWrong: boolean, words: string) => {
    if (isWrong) faults[path] = words;
  };
  say('userId', !/^[1-9]\d{0,18}$/.test(userId), 'A whole number from 1, such as 7.');
  say('currency', !/^[A-Za-z]{3}$/.test(currency), 'Three letters, such as EUR.');
  say('number', number.length > 32, 'At most 32 characters.');
  for (const [index, { sku, name, quantity, unitPrice }] of items.entries()) {
    const at = `items.${index}`;
    say(`${at}.sku`, sku === '', 'Needed.');
    say(`${at}.name`, name === '', 'Needed.');
    const isQuantity = /^[1-9]\d{0,6}$/.test(quantity) && Number(quantity) <= maxQuantity;
    say(`${at}.quantity`, !isQuantity, `A whole number from 1 to ${countInWords(maxQuantity)}.`);
    say(`${at}.unitPrice`, hundredthsOf(unitPrice) === null, amountWords(unitPrice));
  }
  return faults;
}

export function amountWords(text: string): string {
  if (/^\d+,\d{1,2}$/.test(text)) return `With a point, not a comma: ${text.replace(',', '.')}.`;
  return 'A number with at most two decimals, such as 12.50.';
}

/** The API's refusals assigned to their fields. `others` belong to none that the form has. */
export function refusedFields(
  refusal: Refusal | null,
  isField: (path: string) => boolean,
): { readonly fields: FieldFaults; readonly others: readonly string[] } {
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const { path, message } of refusal?.faults ?? []) {
    // The first part names the argument.
    const place = path.slice(1).join('.');
    if (isField(place)) fields[place] = asSentence(message);
    else others.push(asSentence(`${placeInWords(path.slice(1))} ${message}`.trim()));
  }
  return { fields, others };
}

/** Renders the path `items 0 name` as the first item. */
function placeInWords(path: readonly string[]): string {
  return path.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part)).join(' ');
}

function asSentence(message: string): string {
  const grouped = message.replace(/\d{5,}/g, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));
  return `${grouped.charAt(0).toUpperCase()}${grouped.slice(1)}${/[.!?]$/.test(grouped) ? '' : '.'}`;
}
