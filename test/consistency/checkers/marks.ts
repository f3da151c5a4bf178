// Every write marks the version that it makes, so every sight of a version names a write. Three promises follow:
// a rejected write is never seen, one idempotency key has one effect however often it is sent, and a version belongs
// to one write, which had begun before anybody saw it. All reads are judged, whatever their level.
import { isRead, isWrite, type Operation } from '../history.ts';
import type { Anomaly, Guarantee } from './anomaly.ts';
import type { Evidence } from './evidence.ts';

type Mark = { readonly order: string; readonly version: number; readonly write: number; readonly operation: Operation };

export function rejectedWrites({ operations, writes }: Evidence): Anomaly[] {
  return marks(operations).flatMap((mark) => {
    if (!isRead(mark.operation) || writes.byNumber(mark.write)?.fate !== 'rejected') return [];
    const refused = writes.byNumber(mark.write)?.attempts.at(-1)?.id ?? -1;
    return [
      complain(
        'rejected writes stay invisible',
        mark,
        refused,
        `which was rejected as ${errorOf(operations, refused)} at op ${refused}`,
      ),
    ];
  });
}

/** One complaint for each further effect. */
export function oneKeyOneEffect({ operations }: Evidence): Anomaly[] {
  const effects = new Map<number, Mark[]>();
  return marks(operations).flatMap((mark) => {
    const known = effects.get(mark.write) ?? [];
    effects.set(mark.write, known);
    if (known.some(({ order, version }) => order === mark.order && version === mark.version)) return [];
    known.push(mark);
    const [first] = known;
    if (first === undefined || first === mark) return [];
    const what = `which had made order ${first.order} version ${first.version} at op ${first.operation.id}`;
    return [complain('one key, one effect', mark, first.operation.id, what)];
  });
}

export function oneVersionOneWrite({ operations, writes }: Evidence): Anomaly[] {
  const owners = new Map<string, Mark>();
  return marks(operations).flatMap((mark): Anomaly[] => {
    const version = `${mark.order} ${mark.version}`;
    const owner = owners.get(version) ?? mark;
    owners.set(version, owner);
    if (owner.write !== mark.write) {
      const what = `but it was write ${owner.write} at op ${owner.operation.id}`;
      return [complain('one version, one write', mark, owner.operation.id, what)];
    }
    const begun = writes.byNumber(mark.write)?.attempts[0];
    if (begun === undefined)
      return [complain('one version, one write', mark, mark.operation.id, 'which was never requested')];
    if (begun.startedAtMs < mark.operation.endedAtMs) return [];
    return [complain('one version, one write', mark, begun.id, `which only began at op ${begun.id}`)];
  });
}

function marks(operations: readonly Operation[]): Mark[] {
  return operations.flatMap((operation): Mark[] => {
    if (isWrite(operation)) {
      const { outcome, order, version, write } = operation;
      return outcome === 'committed' && order !== null && version !== null
        ? [{ order, version, write, operation }]
        : [];
    }
    if (!isRead(operation)) return [];
    return operation.seen.flatMap(({ order, version, write }) =>
      version === null || write === null ? [] : [{ order, version, write, operation }],
    );
  });
}

function errorOf(operations: readonly Operation[], id: number): string {
  const operation = operations.find((candidate) => candidate.id === id);
  return operation !== undefined && isWrite(operation) ? (operation.error ?? 'rejected') : 'rejected';
}

function complain(
  guarantee: Guarantee,
  { order, version, write, operation }: Mark,
  other: number,
  what: string,
): Anomaly {
  const verb = isRead(operation) ? 'read' : 'was told of';
  return {
    guarantee,
    session: operation.session,
    operations: [...new Set([other, operation.id])],
    explanation: `session ${operation.session} ${verb} order ${order} version ${version} at op ${operation.id}, made by write ${write}, ${what}`,
  };
}
