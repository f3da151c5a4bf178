// Histories out of a simulated cluster: one linear source, clients with overlapping requests, some answers lost, some writes
// refused. A node shows the source as it was `lag` commits before the read took place; without lag it is perfectly fresh.
import fc from 'fast-check';
import type { Observation, Operation, ReadOperation } from './history.ts';

export type Step = {
  readonly session: number;
  readonly kind: 'create' | 'update' | 'delete' | 'read' | 'adopt' | 'retry';
  readonly target: number;
  readonly others: readonly number[];
  /** How long before and after its effect the request is under way, in steps. */
  readonly before: number;
  readonly after: number;
  readonly outcome: 'committed' | 'lost-applied' | 'lost' | 'refused';
  readonly lag: number;
  readonly level: ReadOperation['level'];
};

export function steps(options: { lag: number; overlap: number }): fc.Arbitrary<Step[]> {
  const step = fc.record({
    session: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom('create', 'update', 'update', 'delete', 'read', 'read', 'read', 'adopt', 'retry'),
    target: fc.nat({ max: 4 }),
    others: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
    before: fc.nat({ max: options.overlap }),
    after: fc.nat({ max: options.overlap }),
    outcome: fc.constantFrom('committed', 'committed', 'committed', 'committed', 'lost-applied', 'lost', 'refused'),
    lag: fc.nat({ max: options.lag }),
    level: fc.constantFrom('SESSION', 'SESSION', 'SESSION', 'STRONG', 'BOUNDED', 'EVENTUAL'),
  });
  return fc.array(step, { minLength: 1, maxLength: 40 });
}

type Row = { version: number; write: number; live: boolean };
type Effect = { readonly order: string; readonly version: number | null };
type Keyed = {
  readonly kind: 'create' | 'update' | 'delete';
  readonly write: number;
  order: string | null;
  effect: Effect | null;
};

export function simulatedOperations(plan: readonly Step[]): Operation[] {
  const commits: ReadonlyMap<string, Row>[] = [new Map()];
  const keyed = new Map<number, Keyed>();
  const operations: Operation[] = [];

  plan.forEach((step, id) => {
    const startedAtMs = id - step.before - 0.3 + id / 1000;
    const endedAtMs = id + step.after + 0.3 + id / 1000;
    const asked = { id, session: step.session, sequence: id, startedAtMs, endedAtMs };
    const source = commits.at(-1) ?? new Map<string, Row>();
    const names = [...source.keys()];
    const target = names[step.target % Math.max(1, names.length)];

    if (step.kind === 'adopt') {
      operations.push({ ...asked, kind: 'adopt', from: 1 + (step.target % 4) });
      return;
    }
    if (step.kind === 'read') {
      const world = commits[Math.max(0, commits.length - 1 - step.lag)] ?? source;
      const wanted = [...new Set([step.target, ...step.others].map((pick) => `o${pick % Math.max(1, names.length)}`))];
      operations.push({
        ...asked,
        kind: 'many',
        level: step.level,
        outcome: 'ok',
        seen: wanted.map((order) => observe(order, world.get(order))),
        served: null,
        error: null,
        final: false,
      });
      return;
    }

    const earlier = step.kind === 'retry' ? keyed.get(step.session) : undefined;
    const kind = earlier?.kind ?? (step.kind === 'retry' || target === undefined ? 'create' : step.kind);
    const intention: Keyed = earlier ?? {
      kind,
      write: 1000 + id,
      order: kind === 'create' ? null : (target ?? null),
      effect: null,
    };
    keyed.set(step.session, intention);
    if (intention.effect === null && (step.outcome === 'committed' || step.outcome === 'lost-applied')) {
      const next = new Map(source);
      intention.effect = apply(next, intention);
      if (intention.effect !== null) commits.push(next);
    }
    const told = step.outcome === 'committed' ? intention.effect : null;
    const refused = step.outcome === 'refused' || (step.outcome === 'committed' && told === null);
    operations.push({
      ...asked,
      kind,
      write: intention.write,
      order: told?.order ?? intention.order,
      outcome: told !== null ? 'committed' : refused ? 'rejected' : 'indeterminate',
      version: told?.version ?? null,
      error: null,
    });
  });

  const last = commits.at(-1) ?? new Map<string, Row>();
  operations.push({
    id: plan.length,
    session: 0,
    sequence: 0,
    startedAtMs: plan.length + 100,
    endedAtMs: plan.length + 101,
    kind: 'many',
    level: 'STRONG',
    outcome: 'ok',
    seen: [...last].map(([order, row]) => observe(order, row)),
    served: null,
    error: null,
    final: true,
  });
  return operations;
}

function apply(rows: Map<string, Row>, { kind, write, order }: Keyed): Effect | null {
  if (kind === 'create') {
    const name = `o${rows.size}`;
    rows.set(name, { version: 1, write, live: true });
    return { order: name, version: 1 };
  }
  const row = rows.get(order ?? '');
  if (order === null || row === undefined || !row.live) return null;
  if (kind === 'delete') {
    rows.set(order, { ...row, live: false });
    return { order, version: null };
  }
  rows.set(order, { version: row.version + 1, write, live: true });
  return { order, version: row.version + 1 };
}

function observe(order: string, row: Row | undefined): Observation {
  if (row === undefined || !row.live) return { order, version: null, write: null };
  return { order, version: row.version, write: row.write };
}
