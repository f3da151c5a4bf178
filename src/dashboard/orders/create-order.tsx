import { type FormEvent, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon } from '../design/icons.tsx';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { abandonWork, mayLeave, useUnsavedWork } from '../shell/unsaved-work.ts';
import { amountOf, hundredthsOf, readableAmount } from './amounts.ts';
import { type FieldFaults, faultsOf, noFaults, refusedFields, type TypedItem } from './field-faults.ts';
import { useIntentKey } from './intent-key.ts';
import { createOrder, type OrderRow, type Refusal } from './order-documents.ts';
import { TextField } from './text-field.tsx';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

type Item = TypedItem & { readonly id: number };
const firstCurrency = 'EUR';
const newItem = (id: number): Item => ({ id, sku: '', name: '', quantity: '1', unitPrice: '' });
const isNew = (item: Item) => JSON.stringify(item) === JSON.stringify(newItem(item.id));

type Props = { readonly onClose: () => void; readonly onCreated: (order: OrderRow) => void };

export function CreateOrder({ onClose, onCreated }: Props) {
  const close = () => void mayLeave().then((may) => may && onClose());
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && close()}>
      <Modal className="modal modal-wide">
        <Dialog className="modal-body">
          <Heading slot="title">New order</Heading>
          <CreateForm onClose={close} onDiscard={onClose} onCreated={onCreated} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const parts = /^(userId|currency|number|items\.\d+\.(sku|name|quantity|unitPrice))$/;

function CreateForm({ onClose, onDiscard, onCreated }: Props & { readonly onDiscard: () => void }) {
  const [userId, setUserId] = useState('');
  const [currency, setCurrency] = useState(firstCurrency);
  const [number, setNumber] = useState('');
  const [items, setItems] = useState<readonly Item[]>([newItem(1)]);
  const [faults, setFaults] = useState<FieldFaults>(noFaults);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useIntentKey();
  const form = useRef<HTMLFormElement>(null);
  const isTouched =
    userId !== '' || number !== '' || currency !== firstCurrency || items.length > 1 || !items.every(isNew);
  useUnsavedWork(isTouched ? 'The new order' : null, onDiscard);

  const show = (wrong: FieldFaults) => {
    setFaults(wrong);
    // After the fields are marked.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const typed = {
      userId: userId.trim(),
      currency: currency.trim().toUpperCase(),
      number: number.trim(),
      items: items.map(({ sku, name, quantity, unitPrice }) => ({
        sku: sku.trim(),
        name: name.trim(),
        quantity: quantity.trim(),
        unitPrice: unitPrice.trim(),
      })),
    };
    setFailure(null);
    setRefusal(null);
    const wrong = faultsOf(typed);
    if (Object.keys(wrong).length > 0) return show(wrong);
    setFaults(noFaults);
    const intent = {
      userId: typed.userId,
      currency: typed.currency,
      ...(typed.number !== '' && { number: typed.number }),
      items: typed.items.map((item) => ({ ...item, quantity: Number(item.quantity) })),
    };
    setBusy(true);
    const outcome = await write(createOrder, 'createOrder', { input: { ...intent, idempotencyKey: keyFor(intent) } });
    setBusy(false);
    if (outcome.kind === 'failed') return setFailure(outcome.failure);
    if (outcome.kind === 'refused') {
      setRefusal(outcome.refusal);
      return show(refusedFields(outcome.refusal, (path) => parts.test(path)).fields);
    }
    announce(`${outcome.done.order.number} created`);
    abandonWork();
    onCreated(outcome.done.order);
  };

  /** Clears a field's error while the user edits it, until the next check. */
  const edit = (path: string, set: () => void) => {
    set();
    if (path in faults) setFaults(Object.fromEntries(Object.entries(faults).filter(([one]) => one !== path)));
  };
  const change = (index: number, part: Partial<TypedItem>) =>
    edit(`items.${index}.${Object.keys(part)[0]}`, () =>
      setItems(items.map((item, place) => (place === index ? { ...item, ...part } : item))),
    );
  const total = totalOf(items);
  const marked = Object.keys(faults).length;

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} className="edit" noValidate>
      <div className="form-grid">
        <TextField
          title="User"
          value={userId}
          onText={(text) => edit('userId', () => setUserId(text))}
          fault={faults.userId}
          inputMode="numeric"
        />
        <TextField
          title="Currency"
          value={currency}
          onText={(text) => edit('currency', () => setCurrency(text))}
          fault={faults.currency}
          maxLength={3}
        />
        <TextField
          title="Order number (leave empty to generate one)"
          value={number}
          onText={(text) => edit('number', () => setNumber(text))}
          fault={faults.number}
          maxLength={32}
        />
      </div>
      <fieldset className="item-lines">
        <legend>Items</legend>
        {items.map(({ id, sku, name, quantity, unitPrice }, index) => (
          <div key={id} className="item-line">
            <TextField
              title="SKU"
              value={sku}
              onText={(text) => change(index, { sku: text })}
              fault={faults[`items.${index}.sku`]}
              maxLength={64}
            />
            <TextField
              title="Name"
              value={name}
              onText={(text) => change(index, { name: text })}
              fault={faults[`items.${index}.name`]}
              maxLength={200}
            />
            <TextField
              title="Quantity"
              value={quantity}
              onText={(text) => change(index, { quantity: text })}
              fault={faults[`items.${index}.quantity`]}
              inputMode="numeric"
            />
            <TextField
              title="Unit price"
              value={unitPrice}
              onText={(text) => change(index, { unitPrice: text })}
              fault={faults[`items.${index}.unitPrice`]}
              inputMode="decimal"
            />
            <Button
              className="button button-plain"
              aria-label={`Remove item ${index + 1}`}
              isDisabled={items.length === 1}
              onPress={() => {
                setItems(items.filter((item) => item.id !== id));
                setFaults(noFaults);
              }}
            >
              <Icon name="close" />
            </Button>
          </div>
        ))}
        <Button
          className="button"
          isDisabled={items.length >= 50}
          onPress={() => setItems([...items, newItem(Math.max(...items.map(({ id }) => id)) + 1)])}
        >
          Add an item
        </Button>
      </fieldset>
      <WriteTrouble
        failure={failure}
        refusal={refusal}
        others={refusedFields(refusal, (path) => parts.test(path)).others}
        marked={marked}
      />
      <div className="actions">
        <Button type="submit" className="button button-main" isDisabled={busy}>
          {busy ? 'Creating…' : 'Create'}
        </Button>
        <Button className="button" onPress={onClose}>
          Cancel
        </Button>
        <span className="spring" />
        <span className="soft">
          Total {total === null ? '–' : readableAmount(amountOf(total), currency.toUpperCase())}{' '}
          {currency.toUpperCase()}
        </span>
      </div>
    </form>
  );
}

/** `null` while any part is not a number. */
function totalOf(items: readonly TypedItem[]): bigint | null {
  let total = 0n;
  for (const { quantity, unitPrice } of items) {
    const price = hundredthsOf(unitPrice);
    if (price === null || !/^[1-9]\d{0,6}$/.test(quantity)) return null;
    total += price * BigInt(quantity);
  }
  return total;
}
