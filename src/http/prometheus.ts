import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import type { Labels, LabelValues, MetricDefinition, Metrics, Sample, Samples } from '../platform/metrics.ts';

type Cell = { readonly labels: Record<string, string>; value: number };

const readTimeoutMs = 1000;

/** Metrics in Prometheus' text format. Counters are plain numbers until somebody looks: requests must not pay for them. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  #running: Promise<string> | null = null;

  /** With `runtime`, what Node tells about memory, garbage and the event loop, under its usual names. */
  constructor({ clock, runtime = false }: { clock: Clock; runtime?: boolean }) {
    this.#clock = clock;
    if (runtime) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything that is measured now. Those who ask while it is being read share one answer. */
  text(): Promise<string> {
    this.#running ??= this.#registry.metrics().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  counter<const Values extends LabelValues>(definition: MetricDefinition<Values>) {
    const cells = new Map<string, Cell>();
    const cellOf = cellFinder(definition.labels, cells);
    this.#counterOf(definition, () => cells.values());
    return (labels: Labels<Values>, count = 1) => {
      cellOf(labels).value += count;
    };
  }

  histogram<const Values extends LabelValues>(
    definition: MetricDefinition<Values> & { readonly buckets: readonly number[] },
  ) {
    const cellOf = cellFinder(definition.labels, new Map());
    const histogram = new Histogram({ ...this.#described(definition), buckets: [...definition.buckets] });
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
  ): void {
    const inTime = () => this.#inTime(read);
    const known = cellFinder(definition.labels, new Map());
    new Gauge({
      ...this.#described(definition),
      async collect() {
        const samples = await inTime();
        this.reset();
        for (const { labels, value } of samples) this.set(known(labels).labels, value);
      },
    });
  }

  countedElsewhere<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): void {
    const known = cellFinder(definition.labels, new Map());
    this.#counterOf(definition, async () =>
      Array.from(await this.#inTime(read), ({ labels, value }) => ({ labels: known(labels).labels, value })),
    );
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

  /** Whoever looks is not kept waiting by one that does not answer, and learns nothing wrong. */
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

/** Finds the cell of some labels, and makes it when it is first asked for. */
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
