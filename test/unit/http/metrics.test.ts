import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/http/prometheus.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { LabelledMetrics } from '../../../src/platform/labelled-metrics.ts';
import { TickingClock } from '../../support/ticking-clock.ts';
import { startTinyServer } from './tiny-server.ts';

const colours = { colour: ['red', 'blue'] } as const;
const lines = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('a counter', () => {
  it('counts by label, one by one or several at once', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    const count = metrics.counter({ name: 'tidemark_marbles_total', help: 'Marbles seen.', labels: colours });
    count({ colour: 'red' });
    count({ colour: 'blue' }, 3);
    count({ colour: 'red' });
    const text = await metrics.text();
    expect(text).toContain('# HELP tidemark_marbles_total Marbles seen.\n# TYPE tidemark_marbles_total counter\n');
    expect(lines(text, 'tidemark_marbles_total')).toEqual([
      'tidemark_marbles_total{colour="red"} 2',
      'tidemark_marbles_total{colour="blue"} 3',
    ]);
    expect(await metrics.text()).toBe(text);
  });

  it('counts what is not on its list as one, however much there is of it', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    const count = metrics.counter({ name: 'tidemark_marbles_total', help: 'Marbles seen.', labels: colours });
    for (let shade = 0; shade < 1000; shade += 1) count({ colour: `shade-${shade}` as 'red' });
    expect(lines(await metrics.text(), 'tidemark_marbles_total')).toEqual([
      'tidemark_marbles_total{colour="other"} 1000',
    ]);
  });

  it('may be kept elsewhere', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    let value = 5;
    metrics.countedElsewhere({ name: 'tidemark_faults_total', help: 'Faults met.', labels: {} }, () => [
      { labels: {}, value },
    ]);
    expect(lines(await metrics.text(), 'tidemark_faults_total')).toEqual(['tidemark_faults_total 5']);
    value = 7;
    expect(lines(await metrics.text(), 'tidemark_faults_total')).toEqual(['tidemark_faults_total 7']);
  });
});

describe('a histogram', () => {
  it('sorts values into its buckets', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    const definition = { name: 'tidemark_nap_seconds', help: 'How long naps take.', labels: {} } as const;
    const observe = metrics.histogram({ ...definition, buckets: [1, 60] });
    observe({}, 0.5);
    observe({}, 30);
    observe({}, 600);
    const text = await metrics.text();
    expect(lines(text, 'tidemark_nap_seconds_bucket')).toEqual([
      'tidemark_nap_seconds_bucket{le="1"} 1',
      'tidemark_nap_seconds_bucket{le="60"} 2',
      'tidemark_nap_seconds_bucket{le="+Inf"} 3',
    ]);
    expect(lines(text, 'tidemark_nap_seconds_sum')).toEqual(['tidemark_nap_seconds_sum 630.5']);
  });
});

describe('a gauge', () => {
  const definition = { name: 'tidemark_depth_rows', help: 'How deep it is.', labels: colours } as const;

  it('shows the values at the time of the request, and leaves out what is unknown', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    let known: 'red' | 'blue' = 'red';
    metrics.gauge(definition, async () => [{ labels: { colour: known }, value: 4 }]);
    expect(lines(await metrics.text(), 'tidemark_depth_rows')).toEqual(['tidemark_depth_rows{colour="red"} 4']);
    known = 'blue';
    expect(lines(await metrics.text(), 'tidemark_depth_rows')).toEqual(['tidemark_depth_rows{colour="blue"} 4']);
  });

  it('that cannot be read, or not in time, is left out, and the others are shown', async () => {
    const clock = new TickingClock();
    const metrics = new PrometheusMetrics({ clock });
    metrics.gauge(definition, () => new Promise(() => undefined));
    metrics.gauge({ ...definition, name: 'tidemark_broken_rows' }, () => {
      throw new Error('no');
    });
    metrics.gauge({ ...definition, name: 'tidemark_height_rows' }, () => [{ labels: { colour: 'red' }, value: 1 }]);
    const reading = metrics.text();
    await clock.tick(1000);
    const text = await reading;
    expect(lines(text, 'tidemark_depth_rows')).toEqual([]);
    expect(lines(text, 'tidemark_broken_rows')).toEqual([]);
    expect(lines(text, 'tidemark_height_rows')).toEqual(['tidemark_height_rows{colour="red"} 1']);
    expect(clock.timers).toBe(0);
  });

  it('is read once for those who look at the same time', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    let reads = 0;
    metrics.gauge(definition, async () => {
      reads += 1;
      return [];
    });
    await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(reads).toBe(1);
    await metrics.text();
    expect(reads).toBe(2);
  });
});

describe('a metric of several parts', () => {
  const marbles = { name: 'tidemark_marbles_total', help: 'Marbles seen.', labels: colours } as const;
  const depth = { name: 'tidemark_depth_rows', help: 'How deep it is.', labels: colours } as const;
  const nap = { name: 'tidemark_nap_seconds', help: 'How long naps take.', labels: {}, buckets: [1] } as const;
  const of = (metrics: PrometheusMetrics, database: string) => new LabelledMetrics(metrics, { database });

  it('is one, and tells them apart', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    for (const [index, database] of ['a', 'b', 'c'].entries()) {
      const part = of(metrics, database);
      part.counter(marbles)({ colour: 'red' }, index + 1);
      part.histogram(nap)({}, index);
      part.gauge(depth, () => [{ labels: { colour: 'blue' }, value: index }]);
      part.countedElsewhere({ ...marbles, name: 'tidemark_faults_total' }, () => [
        { labels: { colour: 'red' }, value: 7 + index },
      ]);
    }
    const text = await metrics.text();
    expect(text.match(/^# TYPE tidemark_/gm)).toHaveLength(4);
    expect(lines(text, 'tidemark_marbles_total')).toEqual([
      'tidemark_marbles_total{colour="red",database="a"} 1',
      'tidemark_marbles_total{colour="red",database="b"} 2',
      'tidemark_marbles_total{colour="red",database="c"} 3',
    ]);
    expect(lines(text, 'tidemark_nap_seconds_sum')).toEqual([
      'tidemark_nap_seconds_sum{database="a"} 0',
      'tidemark_nap_seconds_sum{database="b"} 1',
      'tidemark_nap_seconds_sum{database="c"} 2',
    ]);
    expect(lines(text, 'tidemark_depth_rows')).toEqual([
      'tidemark_depth_rows{colour="blue",database="a"} 0',
      'tidemark_depth_rows{colour="blue",database="b"} 1',
      'tidemark_depth_rows{colour="blue",database="c"} 2',
    ]);
    expect(lines(text, 'tidemark_faults_total')).toEqual([
      'tidemark_faults_total{colour="red",database="a"} 7',
      'tidemark_faults_total{colour="red",database="b"} 8',
      'tidemark_faults_total{colour="red",database="c"} 9',
    ]);
  });

  it('leaves out the part that cannot tell, and shows the others', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    of(metrics, 'a').gauge(depth, () => Promise.reject(new Error('no')));
    of(metrics, 'b').gauge(depth, () => [{ labels: { colour: 'red' }, value: 1 }]);
    expect(lines(await metrics.text(), 'tidemark_depth_rows')).toEqual([
      'tidemark_depth_rows{colour="red",database="b"} 1',
    ]);
  });

  it('has one part of each name, until that has ended', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    const tell = (value: number) => {
      const part = of(metrics, 'a');
      part.gauge(depth, () => [{ labels: { colour: 'red' }, value }]);
      return part;
    };
    const first = tell(1);
    of(metrics, 'b').gauge(depth, () => []);
    expect(() => tell(2)).toThrow('tidemark_depth_rows of database a is measured by another part');
    first.endReadings();
    tell(3);
    expect(lines(await metrics.text(), 'tidemark_depth_rows')).toEqual([
      'tidemark_depth_rows{colour="red",database="a"} 3',
    ]);
  });

  it('counts on when a part comes back', async () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    for (let life = 0; life < 2; life += 1) of(metrics, 'a').counter(marbles)({ colour: 'red' });
    expect(lines(await metrics.text(), 'tidemark_marbles_total')).toEqual([
      'tidemark_marbles_total{colour="red",database="a"} 2',
    ]);
  });

  it('has one form', () => {
    const metrics = new PrometheusMetrics({ clock: systemClock });
    metrics.counter(marbles);
    expect(() => of(metrics, 'a').counter(marbles)).toThrow('tidemark_marbles_total is declared both as');
    expect(() => metrics.gauge(marbles, () => [])).toThrow('tidemark_marbles_total is declared both as');
  });
});

describe('/metrics', () => {
  it('shows what was counted, as text that Prometheus reads', async () => {
    const served = new PrometheusMetrics({ clock: systemClock, runtime: true });
    const { server, post, gate } = await startTinyServer({ served });
    await post({ query: '{ hello }' });
    await post({ query: 'mutation { brew }' });
    await post({ query: '{ bug }' });
    await post({ query: '{ tea }' });
    await post({ query: '{ refused }' });
    await post({ query: '{ nobody }' });
    await post('no json');
    const slow = post({ query: '{ slow }' });
    await gate.entered;
    const response = await fetch(`${server.url}/metrics`);
    const text = await response.text();
    gate.open();
    await slow;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(lines(text, 'tidemark_requests_total').sort()).toEqual([
      'tidemark_requests_total{operation="mutation",outcome="ok"} 1',
      'tidemark_requests_total{operation="none",outcome="refused"} 1',
      'tidemark_requests_total{operation="query",outcome="broken"} 1',
      'tidemark_requests_total{operation="query",outcome="ok"} 1',
      'tidemark_requests_total{operation="query",outcome="refused"} 2',
      'tidemark_requests_total{operation="query",outcome="unavailable"} 1',
    ]);
    expect(lines(text, 'tidemark_request_errors_total').sort()).toEqual([
      'tidemark_request_errors_total{code="BAD_REQUEST"} 1',
      'tidemark_request_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1',
      'tidemark_request_errors_total{code="INTERNAL_SERVER_ERROR"} 1',
      'tidemark_request_errors_total{code="other"} 2',
    ]);
    expect(lines(text, 'tidemark_request_duration_seconds_count').sort()).toEqual([
      'tidemark_request_duration_seconds_count{operation="mutation"} 1',
      'tidemark_request_duration_seconds_count{operation="none"} 1',
      'tidemark_request_duration_seconds_count{operation="query"} 5',
    ]);
    // The one that is slow, and this one.
    expect(lines(text, 'tidemark_http_running_requests')).toEqual(['tidemark_http_running_requests 2']);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405);
    await server.stop();
  });

  it('is not there when nothing is measured', async () => {
    const { server } = await startTinyServer();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    await server.stop();
  });
});
