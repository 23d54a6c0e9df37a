import { Type } from 'typebox';
import { Text } from './fields.ts';
import { operation } from './operation.ts';

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
};
