import type { Handler } from '../context.ts';

/** Clients build resource names from it; the values are those of the platform whose API we speak. */
export const metadata: Handler<'gateway.metadata'> = async () => ({
  platform: 'external',
  partition: 'scw',
  domain: 'scw.eu',
});
