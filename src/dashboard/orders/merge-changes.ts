/**
 * Two users changed one order. For each field there is the common base, my value and the current value:
 *
 *   only they changed it   theirs is taken
 *   only I changed it      mine is taken
 *   both, to the same      no conflict
 *   both, differently      the user chooses; the default is mine
 */
import type { OrderChange, OrderRow } from './order-documents.ts';
import type { OrderStatus } from './order-view.ts';

export const editableFields = ['status', 'charge', 'processedAt'] as const;
export type EditableField = (typeof editableFields)[number];
export type Side = 'mine' | 'theirs';

/** The editable fields of an order, as text; an empty string is no value. */
export type Editable = Readonly<Record<EditableField, string>>;

export type FieldConflict = {
  readonly field: EditableField;
  readonly before: string;
  readonly mine: string;
  readonly theirs: string;
  /** Whether the user has to choose. */
  readonly open: boolean;
  /** The default choice. */
  readonly proposed: Side;
};

export function editableOf({ status, charge, processedAt }: OrderRow): Editable {
  return { status, charge: charge?.amount ?? '', processedAt: processedAt ?? '' };
}

export function conflictsBetween(before: Editable, mine: Editable, theirs: Editable): readonly FieldConflict[] {
  return editableFields.map((field) => {
    const iDid = mine[field] !== before[field];
    const theyDid = theirs[field] !== before[field];
    return {
      field,
      before: before[field],
      mine: mine[field],
      theirs: theirs[field],
      open: iDid && theyDid && mine[field] !== theirs[field],
      proposed: iDid ? 'mine' : 'theirs',
    };
  });
}

/** The input that turns the order `from` into `to`; `null` if they are equal. */
export function changeBetween(from: Editable, to: Editable): OrderChange | null {
  const change: OrderChange = {
    ...(to.status !== from.status && { status: to.status as OrderStatus }),
    ...(to.charge !== from.charge && { charge: to.charge === '' ? null : to.charge }),
    ...(to.processedAt !== from.processedAt && { processedAt: to.processedAt === '' ? null : to.processedAt }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

export function merged(conflicts: readonly FieldConflict[], chosen: Readonly<Partial<Record<EditableField, Side>>>) {
  const value = (field: EditableField): string => {
    const conflict = conflicts.find((one) => one.field === field);
    return conflict?.[chosen[field] ?? conflict.proposed] ?? '';
  };
  return { status: value('status'), charge: value('charge'), processedAt: value('processedAt') } satisfies Editable;
}
