import { Type } from 'typebox';
import { Text } from './fields.ts';
import { bearer, operation } from './operation.ts';

export const gateway = {
  metadata: operation({
    id: 'gateway.metadata',
    method: 'GET',
    path: '/metadata',
    summary: 'Tell clients which platform they talk to',
    output: Type.Object({
      platform: Text('Kind of platform'),
      partition: Text('Partition of resource names'),
      domain: Text('Domain of resource names'),
    }),
    errors: [],
    access: { kind: 'public' },
  }),
  forwardAuth: operation({
    id: 'gateway.forwardAuth',
    method: 'GET',
    path: '/forward-auth',
    summary: 'Tell a gateway whether a request may pass: by any method, and below the path too',
    forwarded: Type.Object({
      method: Text('Method of the request'),
      host: Text('Host that it is for'),
      uri: Text('Path and query as they were sent'),
    }),
    output: null,
    errors: [],
    access: bearer,
  }),
};
