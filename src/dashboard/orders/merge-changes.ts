/**
 * Two people changed one order. For each field there is what both saw, what I made of it and what is there now:
 *
 *   only they changed it   theirs is taken
 *   only I changed it      mine is taken
 *   both, to the same      there is nothing to choose
 *   both, differently      a person chooses; mine unless they say otherwise
 */
import type { OrderChange, OrderRow } from './order-documents.ts';
import type { OrderStatus } from './order-view.ts';

export const editableFields = ['status', 'charge', 'processedAt'] as const;
export type EditableField = (typeof editableFields)[number];
export type Side = 'mine' | 'theirs';

/** The parts of an order that can be edited, as texts; empty is nothing. */
export type Editable = Readonly<Record<EditableField, string>>;

export type FieldConflict = {
  readonly field: EditableField;
  readonly before: string;
  readonly mine: string;
  readonly theirs: string;
  /** Whether a person has to choose. */
  readonly open: boolean;
  /** What is taken unless a person chooses otherwise. */
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

/** What has to be written so that an order that is `from` becomes `to`; `null` when it is so already. */
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
