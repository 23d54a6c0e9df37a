import type { Registry } from 'prom-client';
import type { Tracing } from './tracing.ts';

/** Where traces and metrics go by OTLP. */
export interface Telemetry {
  readonly tracing: Tracing | undefined;
  /** Sends the same metrics as `/metrics` shows, again and again. */
  sendMetrics(registry: Registry): void;
  /** Sends what is still to be sent. */
  stop(): Promise<void>;
}

/** What is sent, by the variables that OpenTelemetry has for it. */
export interface TelemetryConfig {
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Part of the requests that are traced where the caller has not decided it, from 0 to 1. */
  readonly ratio: number;
  /** Milliseconds after which metrics are sent again. */
  readonly interval: number;
}

/**
 * Starts to tell a collector of requests and metrics. The libraries are loaded here and not before: without a collector they
 * cost nothing. They read where it is, and its headers, from `OTEL_EXPORTER_OTLP_…`.
 */
export async function openTelemetry(config: TelemetryConfig | undefined): Promise<Telemetry | undefined> {
  if (config === undefined) return undefined;
  const { startSdk } = await import('./sdk.ts');
  return startSdk(config);
}

/**
 * Reads `OTEL_EXPORTER_OTLP_ENDPOINT`, the same for traces and metrics, `OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER`,
 * `OTEL_METRICS_EXPORTER`, `OTEL_TRACES_SAMPLER_ARG` and `OTEL_METRIC_EXPORT_INTERVAL` (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
 *
 * @throws RangeError for a number that is none
 */
export function readTelemetry(environment: Readonly<Record<string, string | undefined>>): TelemetryConfig | undefined {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const isSent = (signal: 'TRACES' | 'METRICS'): boolean =>
    environment[`OTEL_${signal}_EXPORTER`] !== 'none' &&
    [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some((name) => !!environment[name]);
  const [traces, metrics] = [isSent('TRACES'), isSent('METRICS')];
  if (!traces && !metrics) return undefined;
  const ratio = Number(environment.OTEL_TRACES_SAMPLER_ARG ?? 1);
  if (!(ratio >= 0 && ratio <= 1)) throw new RangeError('OTEL_TRACES_SAMPLER_ARG takes a number from 0 to 1');
  const interval = Number(environment.OTEL_METRIC_EXPORT_INTERVAL ?? 60_000);
  if (!(interval >= 1 && interval <= 86_400_000))
    throw new RangeError('OTEL_METRIC_EXPORT_INTERVAL takes milliseconds from 1 to 86400000');
  return { traces, metrics, ratio, interval };
}
