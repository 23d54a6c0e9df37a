import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';
import type { DatabaseKind, TestDatabase } from '../../../../test-support/databases.ts';
import { createApp } from '../../src/app.ts';
import type { MemoryLimits } from '../../src/authorization/memory.ts';
import { noMappings } from '../../src/authzen/mapped.ts';
import { builtInDefinitions } from '../../src/catalogue/built-in.ts';
import { type Catalogue, loadBuiltInCatalogue } from '../../src/catalogue/catalogue.ts';
import { joinDefinitions } from '../../src/catalogue/definitions.ts';
import { reconcile } from '../../src/catalogue/reconcile.ts';
import { readCatalogue } from '../../src/catalogue/source.ts';
import { type Clock, type Ids, randomIds } from '../../src/clock.ts';
import type { QuotaFile, Services, Settings } from '../../src/context.ts';
import type { LimitFile } from '../../src/limits/limits.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type BornOrganization, createOrganization } from '../../src/organizations/create.ts';
import { deriveSecrets } from '../../src/secrets.ts';
import { createServices } from '../../src/services.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** A body of the wire; tests look into it by name. */
// biome-ignore lint/suspicious/noExplicitAny: answers are compared as JSON, whatever their shape
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body as it was sent. */
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Secret key; the owner's of the first organization when left out, none when null. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is in place of a JSON body. */
  readonly raw?: string | Buffer;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** A server over a database of its own, with one organization, called without a socket. */
export interface TestServer {
  readonly services: Services;
  readonly organization: BornOrganization;
  readonly call: Call;
  /** The clock stands still until it is moved; every reading is a microsecond later than the one before. */
  readonly clock: Clock & { advance(seconds: number): void };
  /** Another organization on the same server. */
  anotherOrganization(): Promise<BornOrganization>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Of every organization; what is left out has the limits of the wire. */
  readonly quotas?: QuotaFile['default'];
  readonly ids?: Ids;
  /** Text of an operator's catalogue. */
  readonly catalogue?: string;
  readonly settings?: Partial<Settings>;
  readonly trustedProxies?: readonly string[];
  /** How much of organizations stays in memory. */
  readonly memory?: MemoryLimits;
  /** What the server has in place of its database: one that watches it, say. */
  readonly storage?: (opened: Storage) => Storage;
}

/** Starts at a fixed time, so that tests can name dates. */
export const startOfTests = Date.UTC(2030, 0, 2, 3, 4, 5) * 1000 + 123_456;

/** Time stands still in tests: nothing would be given again. */
const noLimits: LimitFile = { address: null, principal: null, organization: null, decisions: null, failures: null };

function standingClock(): TestServer['clock'] {
  let now = startOfTests;
  return {
    now: () => {
      now += 1;
      return now;
    },
    advance: (seconds) => {
      now += seconds * 1_000_000;
    },
  };
}

function catalogueWith(text: string | undefined): Catalogue {
  if (text === undefined) return loadBuiltInCatalogue();
  const own = readCatalogue(text, 'catalogue.yaml');
  return reconcile(joinDefinitions(builtInDefinitions(), own), [], 0).catalogue;
}

/** Calls an app without a socket, with this secret key unless a call has its own or none. */
export function callsTo(app: FastifyInstance, secretKey: string): Call {
  return async (method, path, { body, key = secretKey, headers = {}, raw } = {}) => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await app.inject({
      method: method as 'GET',
      url: path,
      headers: {
        'user-agent': 'tests',
        ...(key !== null && { 'x-auth-token': key }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    });
    const text = answer.body;
    const isJson = /^application\/(?:scim\+)?json/.test(String(answer.headers['content-type'])) && text !== '';
    return { status: answer.statusCode, body: isJson ? JSON.parse(text) : text, headers: answer.headers, text };
  };
}

/** A server for the tests of a suite, over a database of its own; it is there as soon as the hooks of the suite run. */
export function serverOn(
  database: DatabaseKind,
  options?: TestServerOptions,
): TestServer & { readonly databaseUrl: string } {
  let created: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    created = await database.create();
    server = await startTestServer(created.url, options);
  });
  afterAll(async () => {
    await server.close();
    await created.drop();
  });
  return {
    get databaseUrl() {
      return created.url;
    },
    get services() {
      return server.services;
    },
    get organization() {
      return server.organization;
    },
    get clock() {
      return server.clock;
    },
    call: (...request) => server.call(...request),
    anotherOrganization: () => server.anotherOrganization(),
    close: () => server.close(),
  };
}

export async function startTestServer(url: string, options: TestServerOptions = {}): Promise<TestServer> {
  const clock = standingClock();
  const catalogue = catalogueWith(options.catalogue);
  const services = createServices({
    storage: (options.storage ?? ((opened) => opened))(await openStorage(url)),
    clock,
    ids: options.ids ?? randomIds,
    secrets: deriveSecrets([{ id: null, bytes: Buffer.alloc(32, 7) }]),
    catalogue: () => catalogue,
    settings: {
      publicUrl: () => 'https://iam.example.org',
      limits: () => noLimits,
      quotas: { default: options.quotas ?? {}, organizations: {} },
      authzen: () => noMappings,
      gateway: () => [],
      passwordMinimum: 12,
      ...options.settings,
    },
    memory: options.memory,
  });
  const app = createApp({
    services,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    trustedProxies: options.trustedProxies ?? [],
  });
  await app.ready();
  const anotherOrganization = () =>
    createOrganization(services, {
      name: 'another',
      ownerEmail: 'owner@example.org',
      ownerPassword: 'correct horse battery',
    });
  const organization = await anotherOrganization();
  const call = callsTo(app, organization.secretKey);
  return {
    services,
    organization,
    call,
    clock,
    anotherOrganization,
    close: async () => {
      await app.close();
      await services.storage.close();
    },
  };
}
