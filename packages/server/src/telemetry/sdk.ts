import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FastifyRequest } from 'fastify';
import type { FinishedRequest } from '../http/request-log.ts';
import { version } from '../version.ts';
import { producerOf } from './metrics-producer.ts';
import type { Telemetry, TelemetryConfig } from './telemetry.ts';
import type { Tracing } from './tracing.ts';

const scope = { name: 'bailiwick', version };
/** A collector that does not answer does not hold a server up that is told to stop, in milliseconds. */
const patience = 2_000;
const longestExport = 30_000;

export function startSdk({ traces, metrics, ratio, interval }: TelemetryConfig): Telemetry {
  const resource = resourceFromAttributes({ 'service.name': 'bailiwick', 'service.version': version }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  const spanProcessors = traces ? [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })] : [];
  const provider = new TracerProvider({ resource, sampler, spanProcessors });
  let meters: MeterProvider | undefined;
  return {
    tracing: traces ? tracingWith(provider.getTracer(scope.name, scope.version)) : undefined,
    sendMetrics: (registry) => {
      if (!metrics) return;
      const metricProducers = [producerOf(registry, resource, scope)];
      const times = { exportIntervalMillis: interval, exportTimeoutMillis: Math.min(interval, longestExport) };
      const exporter = new OTLPMetricExporter();
      meters = new MeterProvider({
        resource,
        readers: [new PeriodicExportingMetricReader({ exporter, metricProducers, ...times })],
      });
    },
    stop: async () => {
      const sent = Promise.allSettled([provider.shutdown(), meters?.shutdown()]);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, patience);
      await Promise.race([sent, late]);
      clearTimeout(timer);
    },
  };
}

function tracingWith(tracer: Tracer): Tracing {
  const propagator = new W3CTraceContextPropagator();
  const underWay = new AsyncLocalStorage<Context>();
  const begun = new WeakMap<FastifyRequest, { readonly span: Span; readonly context: Context }>();
  const parentOf = (traceparent: unknown): Context =>
    typeof traceparent === 'string'
      ? propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter)
      : ROOT_CONTEXT;
  const begin = (traceparent: unknown, startTime?: number) => {
    const parent = parentOf(traceparent);
    const span = tracer.startSpan('request', { kind: SpanKind.SERVER, ...(startTime && { startTime }) }, parent);
    return { span, context: trace.setSpan(parent, span) };
  };
  return {
    within: (request, next) => {
      const known = begun.get(request) ?? begin(request.headers.traceparent);
      begun.set(request, known);
      underWay.run(known.context, next);
    },
    part: async (name, work) => {
      const parent = underWay.getStore();
      if (parent === undefined) return work();
      const span = tracer.startSpan(name, {}, parent);
      try {
        return await underWay.run(trace.setSpan(parent, span), work);
      } finally {
        span.end();
      }
    },
    end: (request, finished) => {
      const known = begun.get(request);
      if (known) describe(known.span, finished).end();
    },
    tell: (finished) => {
      const { span } = begin(finished.traceparent, Date.now() - finished.milliseconds);
      describe(span, finished).end();
    },
  };
}

/** Names as in OpenTelemetry's semantic conventions for HTTP. */
function describe(span: Span, { operation, method, route, status, requestId }: FinishedRequest): Span {
  span.updateName(operation === 'other' ? `${method} ${route ?? 'nowhere'}` : operation);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  return span.setAttributes({
    'bailiwick.operation': operation,
    'bailiwick.request_id': requestId,
    'http.request.method': method,
    'http.response.status_code': status,
    ...(route !== null && { 'http.route': route }),
  });
}
