import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FinishedRequest } from '../http/request-log.ts';
import type { Storage } from '../storage/storage.ts';

/** A step of the road that is told of by itself. */
export type Part = 'authenticate' | 'authorize' | 'storage';

/** Tells of requests as spans: what they were, how they ended and how long they took; not who made them, nor what they hold. */
export interface Tracing {
  /** Runs `next` as a part of the request, which begins with the first call. */
  within(request: FastifyRequest, next: () => void): void;
  /** Tells of a part of the request under way. */
  part<T>(name: Part, work: () => Promise<T>): Promise<T>;
  /** Ends what `within` began. */
  end(request: FastifyRequest, finished: FinishedRequest): void;
  /** Tells of a request whose parts are not told. */
  tell(finished: FinishedRequest): void;
}

/** Nobody listens. */
export const partsUntold: Pick<Tracing, 'part'> = { part: (_name, work) => work() };

/** Tells of every request that the framework answers. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.addHook('onRequest', (request, _reply, done) => tracing.within(request, done));
  // A body arrives outside of what was begun before it.
  app.addHook('preValidation', (request, _reply, done) => tracing.within(request, done));
}

/** The same database, whose transactions are told of. */
export function tracedStorage(storage: Storage, { part }: Pick<Tracing, 'part'>): Storage {
  return {
    ...storage,
    transaction: (work) => part('storage', () => storage.transaction(work)),
    snapshot: (work) => part('storage', () => storage.snapshot(work)),
    longSnapshot: (work) => part('storage', () => storage.longSnapshot(work)),
  };
}
