import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import {
  type EndReading,
  type Labels,
  type LabelValues,
  type MetricDefinition,
  type Metrics,
  MetricTakenError,
  type Sample,
  type Samples,
} from '../platform/metrics.ts';

type Cell = { readonly labels: Record<string, string>; value: number };
/** One part that reports a metric. */
type Reading = { readonly labels: LabelValues; readonly cells: () => Promise<readonly Cell[]> };

const readTimeoutMs = 1000;

/** Metrics in Prometheus' text format. Counters are plain numbers until scraped, so that requests do not pay for them. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  /** By name: the form of each metric, and what its parts share. */
  readonly #shared = new Map<string, { readonly form: string; readonly shared: unknown }>();
  #running: Promise<string> | null = null;

  /** With `runtime`, Node's own metrics about memory, garbage collection and the event loop, under their usual names. */
  constructor({ clock, runtime = false }: { clock: Clock; runtime?: boolean }) {
    this.#clock = clock;
    if (runtime) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All current values. Concurrent scrapes share one result. */
  text(): Promise<string> {
    this.#running ??= this.#registry.metrics().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  counter<const Values extends LabelValues>(definition: MetricDefinition<Values>) {
    const cells = this.#declared('counter', definition, () => {
      const counted = new Map<string, Cell>();
      this.#counterOf(definition, () => counted.values());
      return counted;
    });
    const cellOf = cellFinder(definition.labels, cells);
    return (labels: Labels<Values>, count = 1) => {
      cellOf(labels).value += count;
    };
  }

  histogram<const Values extends LabelValues>(
    definition: MetricDefinition<Values> & { readonly buckets: readonly number[] },
  ) {
    const cellOf = cellFinder(definition.labels, new Map());
    const histogram = this.#declared(
      'histogram',
      definition,
      () => new Histogram({ ...this.#described(definition), buckets: [...definition.buckets] }),
    );
    const observers = new WeakMap<Cell, (value: number) => void>();
    return (labels: Labels<Values>, value: number) => {
      const cell = cellOf(labels);
      const observe = observers.get(cell) ?? histogram.labels(cell.labels).observe;
      observers.set(cell, observe);
      observe(value);
    };
  }

  gauge<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading {
    const readings = this.#declared('gauge', definition, () => {
      const known = new Set<Reading>();
      const cells = () => readCells(known);
      new Gauge({
        ...this.#described(definition),
        async collect() {
          const now = await cells();
          this.reset();
          for (const { labels, value } of now) this.set(labels, value);
        },
      });
      return known;
    });
    return this.#alsoRead(readings, definition, read);
  }

  countedElsewhere<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading {
    const readings = this.#declared('counted elsewhere', definition, () => {
      const known = new Set<Reading>();
      this.#counterOf(definition, () => readCells(known));
      return known;
    });
    return this.#alsoRead(readings, definition, read);
  }

  /** What all parts that declare the metric share: the first one creates it. */
  #declared<Shared>(kind: string, { name, labels }: MetricDefinition<LabelValues>, make: () => Shared): Shared {
    const form = [kind, ...Object.keys(labels)].join(' ');
    const known = this.#shared.get(name);
    if (known === undefined) {
      const shared = make();
      this.#shared.set(name, { form, shared });
      return shared;
    }
    if (known.form !== form) throw new Error(`The metric ${name} is declared both as ${form} and as ${known.form}`);
    // Same name and kind.
    return known.shared as Shared;
  }

  #alsoRead<Values extends LabelValues>(
    readings: Set<Reading>,
    { name, labels }: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading {
    for (const other of readings) if (overlap(other.labels, labels)) throw new MetricTakenError(name, labels);
    const cellOf = cellFinder(labels, new Map());
    const cells = async () =>
      Array.from(await this.#inTime(read), (sample) => ({ labels: cellOf(sample.labels).labels, value: sample.value }));
    const reading: Reading = { labels, cells };
    readings.add(reading);
    return () => readings.delete(reading);
  }

  #counterOf(definition: MetricDefinition<LabelValues>, read: () => Iterable<Cell> | Promise<Iterable<Cell>>): void {
    new Counter({
      ...this.#described(definition),
      async collect() {
        const cells = await read();
        this.reset();
        for (const { labels, value } of cells) this.inc(labels, value);
      },
    });
  }

  #described({ name, help, labels }: MetricDefinition<LabelValues>) {
    return { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
  }

  /** A part that does not answer must not delay the scrape, and its values are left out. */
  async #inTime<Values extends LabelValues>(
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): Promise<Samples<Values>> {
    let cancel: () => void = () => undefined;
    const late = new Promise<readonly Sample<Values>[]>((resolve) => {
      cancel = this.#clock.after(readTimeoutMs, () => resolve([]));
    });
    try {
      return await Promise.race([Promise.resolve().then(read), late]);
    } catch {
      return [];
    } finally {
      cancel();
    }
  }
}

async function readCells(readings: ReadonlySet<Reading>): Promise<readonly Cell[]> {
  return (await Promise.all(Array.from(readings, ({ cells }) => cells()))).flat();
}

/** Whether both may report the same labels. */
function overlap(some: LabelValues, others: LabelValues): boolean {
  return Object.entries(some).every(([label, values]) => values.some((value) => others[label]?.includes(value)));
}

/** Finds the cell of some labels, and creates it on first use. */
function cellFinder<Values extends LabelValues>(declared: Values, cells: Map<string, Cell>) {
  const lists = Object.entries(declared);
  return (labels: Labels<Values>): Cell => {
    let key = '';
    for (const name in declared) key += `${labels[name]}\n`;
    const known = cells.get(key);
    if (known !== undefined) return known;
    const entries = lists.map(([name, values]): [string, string] => {
      const value = labels[name] ?? '';
      return [name, values.includes(value) ? value : 'other'];
    });
    const bounded = entries.map(([, value]) => `${value}\n`).join('');
    const cell = cells.get(bounded) ?? { labels: Object.fromEntries(entries), value: 0 };
    cells.set(bounded, cell);
    return cell;
  };
}
