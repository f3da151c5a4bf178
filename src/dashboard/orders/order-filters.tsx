import { type KeyboardEvent, memo, useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover, ToggleButton } from 'react-aria-components';
import { useZone } from '../shell/zone.ts';
import { amountWords } from './field-faults.ts';
import {
  isFiltered,
  maxTextLength,
  noFilters,
  type OrderFilters,
  type OrderView,
  orderStatuses,
} from './order-view.ts';
import { statusWords } from './status-words.ts';
import { TextField } from './text-field.tsx';
import type { ViewFault } from './view-faults.ts';

type Props = { readonly view: OrderView; readonly faults: readonly ViewFault[]; readonly onFilter: Change };
type Change = (filters: Partial<OrderFilters>, how?: { readonly replace: boolean }) => void;

/** Filters: number, status, and the rarer ones in a popover. */
export const OrderFilterBar = memo(function OrderFilterBar({ view, faults, onFilter }: Props) {
  const more = [view.userId, view.from, view.to, view.min, view.max, view.currency].filter((one) => one !== '').length;
  return (
    <search className="filters">
      <NumberSearch
        number={view.number}
        isWrong={faults.some(({ fields }) => fields.includes('number'))}
        onFilter={onFilter}
      />
      <fieldset className="statuses">
        <legend className="unseen">Status</legend>
        {orderStatuses.map((status) => (
          <ToggleButton
            key={status}
            className="status-choice"
            isSelected={view.status.includes(status)}
            onChange={(on) => {
              const others = view.status.filter((one) => one !== status);
              onFilter({ status: on ? [...others, status] : others });
            }}
          >
            {statusWords[status]}
          </ToggleButton>
        ))}
      </fieldset>
      <DialogTrigger>
        <Button className="button">More filters{more > 0 && <span className="count">{more}</span>}</Button>
        <Popover placement="bottom start" className="popover">
          <Dialog className="popover-body" aria-label="More filters">
            <MoreFilters view={view} faults={faults} onFilter={onFilter} />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {isFiltered(view) && (
        <Button className="button button-plain" onPress={() => onFilter(noFilters)}>
          Clear filters
        </Button>
      )}
    </search>
  );
});

const typingPauseMs = 250;

type SearchProps = { readonly number: string; readonly isWrong: boolean; readonly onFilter: Change };

/** Searches while the user types, after each pause. */
function NumberSearch({ number, isWrong, onFilter }: SearchProps) {
  const [text, setText] = useState(number);
  useEffect(() => setText(number), [number]);
  useEffect(() => {
    if (text.trim() === number) return;
    const timer = setTimeout(() => onFilter({ number: text.trim() }, { replace: number !== '' }), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, number, onFilter]);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Enter') onFilter({ number: text.trim() });
    if (key === 'Escape') setText('');
  };
  return (
    <label className="field search">
      <span className="unseen">Search by order number</span>
      <input
        type="search"
        value={text}
        maxLength={maxTextLength}
        aria-invalid={isWrong}
        placeholder="Number begins with"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}

const rareFields = [
  { name: 'userId', title: 'User', type: 'text', inputMode: 'numeric', valid: /^([1-9]\d{0,18})?$/ },
  { name: 'currency', title: 'Currency', type: 'text', inputMode: 'text', valid: /^([A-Z]{3})?$/ },
  { name: 'from', title: 'Created from', type: 'date', inputMode: 'none', valid: /^/ },
  { name: 'to', title: 'Created to', type: 'date', inputMode: 'none', valid: /^/ },
  { name: 'min', title: 'Total at least', type: 'text', inputMode: 'decimal', valid: /^(\d{1,10}(\.\d{1,2})?)?$/ },
  { name: 'max', title: 'Total at most', type: 'text', inputMode: 'decimal', valid: /^(\d{1,10}(\.\d{1,2})?)?$/ },
] as const;

const invalidWords: Readonly<Record<string, (text: string) => string>> = {
  userId: () => 'A whole number from 1, such as 7.',
  currency: () => 'Three letters, such as EUR.',
  min: amountWords,
  max: amountWords,
};

function MoreFilters({ view, faults, onFilter }: Props) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const zone = useZone();
  const mixes = (view.min !== '' || view.max !== '') && view.currency === '';
  return (
    <>
      <div className="form-grid">
        {rareFields.map(({ name, title, type, inputMode, valid }) => {
          const text = texts[name] ?? view[name];
          const cleaned = name === 'currency' ? text.trim().toUpperCase() : text.trim();
          const wrong = valid.test(cleaned)
            ? faults.find(({ fields }) => (fields as readonly string[]).includes(name))?.text
            : `${invalidWords[name]?.(cleaned) ?? ''} Not applied.`;
          return (
            <TextField
              key={name}
              title={title}
              type={type}
              inputMode={inputMode}
              value={text}
              fault={wrong}
              onText={(value) => {
                setTexts({ ...texts, [name]: value });
                const next = name === 'currency' ? value.trim().toUpperCase() : value.trim();
                // The first letter adds a history entry; the following ones replace it.
                if (valid.test(next)) onFilter({ [name]: next }, { replace: view[name] !== '' });
              }}
            />
          );
        })}
      </div>
      <p className="soft filter-hint">Days are those of {zone}.</p>
      {mixes && (
        <p className="soft filter-hint">
          Totals are compared as numbers, whatever their currency: name one to compare alike.
        </p>
      )}
    </>
  );
}
