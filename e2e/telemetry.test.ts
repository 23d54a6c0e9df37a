import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { callApi, type Json, removeData, type ServerProcess, startServer } from './support/server-process.ts';

interface Received {
  readonly path: string | undefined;
  readonly body: Json;
}

/** Takes what is sent by OTLP over HTTP in JSON, as a collector does. */
async function startCollector() {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const bytes = Buffer.concat(parts);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    received.push({ path: request.url, body: JSON.parse(text.toString()) });
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { received, url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

const valueOfAttribute = ({ value }: Json): string | number => value.stringValue ?? value.intValue ?? value.doubleValue;
const attributesOf = (item: Json): Json =>
  Object.fromEntries(item.attributes.map((one: Json) => [one.key, valueOfAttribute(one)]));

for (const database of databases()) {
  describe(`what is told to a collector, on ${database.name}`, { timeout: 60_000 }, () => {
    let collector: Awaited<ReturnType<typeof startCollector>>;
    let server: ServerProcess;
    let created: TestDatabase;
    beforeAll(async () => {
      collector = await startCollector();
      created = await database.create();
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      };
      server = await startServer({ databaseUrl: created.url, env });
    });
    afterAll(async () => {
      collector.stop();
      removeData(server);
      await created.drop();
    });

    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const parentSpanId = '00f067aa0ba902b7';
    const traced = { traceparent: `00-${traceId}-${parentSpanId}-01` };
    const spans = (): readonly Json[] =>
      collector.received
        .filter(({ path }) => path === '/v1/traces')
        .flatMap(({ body }) => body.resourceSpans)
        .flatMap(({ scopeSpans }: Json) => scopeSpans)
        .flatMap((one: Json) => one.spans);
    const spanOf = async (name: string): Promise<Json> => {
      await expect.poll(() => spans().map((span) => span.name), { timeout: 10_000 }).toContain(name);
      return spans().find((span) => span.name === name);
    };

    it('a request is a span in the trace of its caller, its parts below it', async () => {
      await callApi(server, 'POST', '/iam/v1alpha1/applications', { name: 'ada lovelace' }, traced);
      const span = await spanOf('applications.create');
      expect(span).toMatchObject({ traceId, parentSpanId, kind: 2 });
      expect(attributesOf(span)).toMatchObject({
        'bailiwick.operation': 'applications.create',
        'http.request.method': 'POST',
        'http.route': '/iam/v1alpha1/applications',
        'http.response.status_code': 200,
      });
      const below = spans().filter((one) => one.parentSpanId === span.spanId);
      expect(below.map(({ name }) => name).toSorted()).toEqual(['authenticate', 'authorize', 'storage']);
      expect(new Set(below.map((one) => one.traceId))).toEqual(new Set([traceId]));
    });

    it('a question that is answered past the framework is one too, and who is in no trace begins one', async () => {
      const permissions = [{ service: 'iam', name: 'policy', action: 'read', organization_id: server.organizationId }];
      // The first makes the key known.
      await callApi(server, 'GET', '/iam/v1alpha1/users');
      const begun = await spanOf('users.list');
      expect([begun.parentSpanId ?? '', begun.traceId === traceId]).toEqual(['', false]);
      await callApi(server, 'POST', '/iam/v1alpha1/check-permissions', { permissions }, traced);
      expect(await spanOf('decisions.check')).toMatchObject({ traceId, parentSpanId });
    });

    it('metrics are those of /metrics', async () => {
      const named = (name: string): Json =>
        collector.received
          .filter(({ path }) => path === '/v1/metrics')
          .flatMap(({ body }) => body.resourceMetrics)
          .flatMap(({ scopeMetrics }: Json) => scopeMetrics)
          .flatMap(({ metrics }: Json) => metrics)
          .findLast((metric: Json) => metric.name === name);
      const countOf = (points: readonly Json[], operation: string) =>
        points?.find((point) => attributesOf(point).operation === operation);
      await expect
        .poll(() => countOf(named('bailiwick_requests_total')?.sum.dataPoints, 'users.list')?.asDouble, {
          timeout: 10_000,
        })
        .toBe(1);
      const histogram = countOf(named('bailiwick_request_duration_seconds').histogram.dataPoints, 'users.list');
      expect(histogram.bucketCounts.map(Number).reduce((one: number, other: number) => one + other)).toBe(1);
      expect(histogram.bucketCounts).toHaveLength(histogram.explicitBounds.length + 1);
      expect(named('bailiwick_database_reachable').gauge.dataPoints[0].asDouble).toBe(1);
    });

    it('the last of it is sent before the server ends, and holds no secret, no person and no name', async () => {
      await callApi(server, 'GET', '/iam/v1alpha1/groups');
      expect(await server.stop()).toBe(0);
      expect(spans().map(({ name }) => name)).toContain('groups.list');
      const all = JSON.stringify(collector.received);
      for (const secret of [server.secretKey, server.accessKey, server.organizationId, 'lovelace', '127.0.0.1'])
        expect(all).not.toContain(secret);
      expect(all).toContain('deployment.environment.name');
      expect(server.errors()).toBe('');
    });
  });
}
