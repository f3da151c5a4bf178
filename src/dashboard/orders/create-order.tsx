import { type FormEvent, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Icon } from '../design/icons.tsx';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { amountOf, hundredthsOf, readableAmount } from './amounts.ts';
import { useIntentKey } from './intent-key.ts';
import { createOrder, type OrderRow, type Refusal } from './order-documents.ts';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

type Item = {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
};
const newItem = (id: number): Item => ({ id, sku: '', name: '', quantity: '1', unitPrice: '' });

type Props = { readonly onClose: () => void; readonly onCreated: (order: OrderRow) => void };

export function CreateOrder({ onClose, onCreated }: Props) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal modal-wide">
        <Dialog className="modal-body">
          <Heading slot="title">New order</Heading>
          <CreateForm onClose={onClose} onCreated={onCreated} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function CreateForm({ onClose, onCreated }: Props) {
  const [userId, setUserId] = useState('');
  const [currency, setCurrency] = useState('EUR');
  const [number, setNumber] = useState('');
  const [items, setItems] = useState<readonly Item[]>([newItem(1)]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useIntentKey();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const intent = {
      userId: userId.trim(),
      currency: currency.trim().toUpperCase(),
      ...(number.trim() !== '' && { number: number.trim() }),
      items: items.map(({ sku, name, quantity, unitPrice }) => ({
        sku: sku.trim(),
        name: name.trim(),
        quantity: Number(quantity),
        unitPrice: unitPrice.trim(),
      })),
    };
    setBusy(true);
    const outcome = await write(createOrder, 'createOrder', { input: { ...intent, idempotencyKey: keyFor(intent) } });
    setBusy(false);
    setFailure(outcome.kind === 'failed' ? outcome.failure : null);
    setRefusal(outcome.kind === 'refused' ? outcome.refusal : null);
    if (outcome.kind !== 'done') return;
    announce(`${outcome.done.order.number} created`);
    onCreated(outcome.done.order);
  };

  const change = (id: number, part: Partial<Item>) =>
    setItems(items.map((item) => (item.id === id ? { ...item, ...part } : item)));
  const total = totalOf(items);

  return (
    <form onSubmit={(event) => void submit(event)} className="edit">
      <div className="form-grid">
        <TextField
          title="User"
          value={userId}
          onChange={setUserId}
          inputMode="numeric"
          pattern="[1-9][0-9]*"
          required
        />
        <TextField title="Currency" value={currency} onChange={setCurrency} pattern="[A-Za-z]{3}" required />
        <TextField title="Number, drawn when empty" value={number} onChange={setNumber} maxLength={32} />
      </div>
      <fieldset className="item-lines">
        <legend>Items</legend>
        {items.map(({ id, sku, name, quantity, unitPrice }, index) => (
          <div key={id} className="item-line">
            <TextField title="Article code" value={sku} onChange={(text) => change(id, { sku: text })} required />
            <TextField title="Name" value={name} onChange={(text) => change(id, { name: text })} required />
            <TextField
              title="Quantity"
              value={quantity}
              onChange={(text) => change(id, { quantity: text })}
              inputMode="numeric"
              pattern="[1-9][0-9]{0,6}"
              required
            />
            <TextField
              title="Unit price"
              value={unitPrice}
              onChange={(text) => change(id, { unitPrice: text })}
              inputMode="decimal"
              pattern="[0-9]{1,10}([.][0-9]{1,2})?"
              required
            />
            <Button
              className="button button-plain"
              aria-label={`Remove item ${index + 1}`}
              isDisabled={items.length === 1}
              onPress={() => setItems(items.filter((item) => item.id !== id))}
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
      <WriteTrouble failure={failure} refusal={refusal} />
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

function TextField(props: {
  title: string;
  value: string;
  onChange: (text: string) => void;
  inputMode?: 'numeric' | 'decimal';
  pattern?: string;
  maxLength?: number;
  required?: boolean;
}) {
  const { title, onChange, ...input } = props;
  return (
    <label className="field">
      <span>{title}</span>
      <input {...input} autoComplete="off" onChange={({ target }) => onChange(target.value)} />
    </label>
  );
}

/** `null` while something of it is no number. */
function totalOf(items: readonly Item[]): bigint | null {
  let total = 0n;
  for (const { quantity, unitPrice } of items) {
    const price = hundredthsOf(unitPrice);
    if (price === null || !/^[1-9]\d{0,6}$/.test(quantity)) return null;
    total += price * BigInt(quantity);
  }
  return total;
}
