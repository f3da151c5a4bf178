import type { LabelValues, MetricDefinition, Metrics, Samples } from '../../src/platform/metrics.ts';

/** What is declared, counted and read, in words: `name label label value`. */
export class RecordedMetrics implements Metrics {
  readonly declared = new Map<string, LabelValues>();
  readonly counted: string[] = [];
  readonly #gauges = new Map<string, () => Samples<LabelValues> | Promise<Samples<LabelValues>>>();

  counter<const Values extends LabelValues>({ name, labels: values }: MetricDefinition<Values>) {
    this.declared.set(name, values);
    return (labels: object, count = 1) => {
      this.counted.push([name, ...Object.values(labels), count].join(' '));
    };
  }

  histogram<const Values extends LabelValues>({ name, labels: values }: MetricDefinition<Values>) {
    this.declared.set(name, values);
    return (labels: object, value: number) => {
      this.counted.push([name, ...Object.values(labels), value].join(' '));
    };
  }

  gauge<const Values extends LabelValues>(
    { name, labels }: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ) {
    this.declared.set(name, labels);
    this.#gauges.set(name, read as unknown as () => Samples<LabelValues>);
    return () => void this.#gauges.delete(name);
  }

  countedElsewhere<const Values extends LabelValues>(
    definition: MetricDefinition<Values>,
    read: () => Samples<Values> | Promise<Samples<Values>>,
  ) {
    return this.gauge(definition, read);
  }

  /** The samples of a gauge that somebody reads now. */
  async read(name: string): Promise<readonly string[]> {
    const samples = (await this.#gauges.get(name)?.()) ?? [];
    return [...samples].map(({ labels, value }) => [...Object.values(labels), value].join(' '));
  }
}
