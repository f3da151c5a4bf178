import { type KeyboardEvent, useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover, ToggleButton } from 'react-aria-components';
import { isFiltered, noFilters, type OrderFilters, type OrderView, orderStatuses } from './order-view.ts';
import { statusWords } from './status-words.ts';

type Change = (filters: Partial<OrderFilters>, how?: { readonly replace: boolean }) => void;

/** Which orders: by number, by status, and what is looked for more rarely. */
export function OrderFilterBar({ view, onFilter }: { view: OrderView; onFilter: Change }) {
  const more = [view.userId, view.from, view.to, view.min, view.max, view.currency].filter((one) => one !== '').length;
  return (
    <search className="filters">
      <NumberSearch number={view.number} onFilter={onFilter} />
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
            <MoreFilters view={view} onFilter={onFilter} />
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
}

const typingPauseMs = 250;

/** Searches while somebody types, once they pause. */
function NumberSearch({ number, onFilter }: { number: string; onFilter: Change }) {
  const [text, setText] = useState(number);
  useEffect(() => setText(number), [number]);
  useEffect(() => {
    if (text.trim() === number) return;
    const timer = setTimeout(() => onFilter({ number: text.trim() }, { replace: true }), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, number, onFilter]);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Enter') onFilter({ number: text.trim() });
    if (key === 'Escape') setText('');
  };
  return (
    <label className="field search">
      <span className="unseen">Search by number</span>
      <input
        type="search"
        value={text}
        maxLength={32}
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
  { name: 'from', title: 'Placed from', type: 'date', inputMode: 'none', valid: /^/ },
  { name: 'to', title: 'Placed until', type: 'date', inputMode: 'none', valid: /^/ },
  { name: 'min', title: 'Total at least', type: 'text', inputMode: 'decimal', valid: /^(\d{1,10}(\.\d{1,2})?)?$/ },
  { name: 'max', title: 'Total at most', type: 'text', inputMode: 'decimal', valid: /^(\d{1,10}(\.\d{1,2})?)?$/ },
] as const;

function MoreFilters({ view, onFilter }: { view: OrderView; onFilter: Change }) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  return (
    <div className="form-grid">
      {rareFields.map(({ name, title, type, inputMode, valid }) => {
        const text = texts[name] ?? view[name];
        const cleaned = name === 'currency' ? text.trim().toUpperCase() : text.trim();
        const fits = valid.test(cleaned);
        return (
          <label key={name} className="field">
            <span>{title}</span>
            <input
              type={type}
              inputMode={inputMode}
              value={text}
              aria-invalid={!fits}
              onChange={(event) => {
                const { value } = event.target;
                setTexts({ ...texts, [name]: value });
                const next = name === 'currency' ? value.trim().toUpperCase() : value.trim();
                if (valid.test(next)) onFilter({ [name]: next }, { replace: true });
              }}
            />
          </label>
        );
      })}
    </div>
  );
}
