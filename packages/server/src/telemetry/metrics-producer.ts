import { type Attributes, ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

type Known = MetricObjectWithValues<MetricValue<string> & { readonly metricName?: string }>;

/** Hands the metrics of `/metrics` to OpenTelemetry as they are: there is one place where things are counted. */
export function producerOf(registry: Registry, resource: Resource, scope: { readonly name: string }): MetricProducer {
  const startedAt = Date.now();
  return {
    collect: async () => {
      const times = { startTime: millisToHrTime(startedAt), endTime: millisToHrTime(Date.now()) };
      const metrics = (await registry.getMetricsAsJSON()).flatMap((metric) => toData(metric, times));
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  };
}

type Times = Pick<DataPoint<number>, 'startTime' | 'endTime'>;

function toData({ name, help, type, values }: Known, times: Times): readonly MetricData[] {
  const common = {
    descriptor: { name, description: help, unit: name.includes('_seconds') ? 's' : '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const points = () => values.map(({ labels, value }) => ({ ...times, attributes: { ...labels }, value }));
  // The registry names the kinds by words.
  switch (String(type)) {
    case 'counter':
      return [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() }];
    case 'gauge':
      return [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints: points() }];
    case 'histogram':
      return [{ ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(values, times) }];
    default:
      return [];
  }
}

interface Gathered {
  readonly attributes: Attributes;
  /** Upper bounds and how many are at most so much. */
  readonly upTo: [number, number][];
  sum: number;
  count: number;
}

/** Prometheus counts up to each bound, OpenTelemetry between bounds. */
function histograms(values: Known['values'], times: Times): DataPoint<Histogram>[] {
  const gathered = new Map<string, Gathered>();
  for (const { labels, value, metricName = '' } of values) {
    const { le, ...attributes } = labels;
    const key = JSON.stringify(attributes);
    const one: Gathered = gathered.get(key) ?? { attributes, upTo: [], sum: 0, count: 0 };
    gathered.set(key, one);
    if (metricName.endsWith('_sum')) one.sum = value;
    else if (metricName.endsWith('_count')) one.count = value;
    else if (Number.isFinite(Number(le))) one.upTo.push([Number(le), value]);
  }
  return [...gathered.values()].map(({ attributes, upTo, sum, count }) => {
    const sorted = upTo.toSorted(([one], [other]) => one - other);
    const until = [...sorted.map(([, value]) => value), count];
    const counts = until.map((value, index) => value - (until[index - 1] ?? 0));
    const buckets = { boundaries: sorted.map(([bound]) => bound), counts };
    return { ...times, attributes, value: { buckets, sum, count } };
  });
}
