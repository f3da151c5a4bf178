import type { EndReading, Labels, LabelValues, MetricDefinition, Metrics, Samples } from './metrics.ts';

/** Metrics with an additional label, for a part that a process has several of. */
export class LabelledMetrics implements Metrics {
  readonly #metrics: Metrics;
  readonly #own: Readonly<Record<string, string>>;
  readonly #readings: EndReading[] = [];

  constructor(metrics: Metrics, own: Readonly<Record<string, string>>) {
    this.#metrics = metrics;
    this.#own = own;
  }

  counter<const Values extends LabelValues>(definition: MetricDefinition<Values>) {
    const count = this.#metrics.counter(this.#extended(definition));
    return (labels: Labels<Values>, times?: number) => count(this.#labels(labels), times);
  }

  histogram<const Values extends LabelValues>(
    definition: MetricDefinition<Values> & { readonly buckets: readonly number[] },
  ) {
    const observe = this.#metrics.histogram({ ...this.#extended(definition), buckets: definition.buckets });
    return (labels: Labels<Values>, value: number) => observe(this.#labels(labels), value);
  }

  gauge<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading {
    return this.#ending(this.#metrics.gauge(this.#extended(definition), this.#reading(read)));
  }

  countedElsewhere<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ): EndReading {
    return this.#ending(this.#metrics.countedElsewhere(this.#extended(definition), this.#reading(read)));
  }

  /** The part is gone: its gauges are not read any more. Counters keep their values. */
  endReadings(): void {
    for (const end of this.#readings.splice(0)) end();
  }

  #ending(end: EndReading): EndReading {
    this.#readings.push(end);
    return end;
  }

  #extended({ name, help, labels }: MetricDefinition<LabelValues>): MetricDefinition<LabelValues> {
    const own = Object.entries(this.#own).map(([label, value]) => [label, [value]]);
    return { name, help, labels: { ...labels, ...Object.fromEntries(own) } };
  }

  #labels(labels: Labels<LabelValues>): Labels<LabelValues> {
    return { ...labels, ...this.#own };
  }

  #reading<Values extends LabelValues>(read: () => Samples<Values> | Promise<Samples<Values>>) {
    return async () => Array.from(await read(), ({ labels, value }) => ({ labels: this.#labels(labels), value }));
  }
}
