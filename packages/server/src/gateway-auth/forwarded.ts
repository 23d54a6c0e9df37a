import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Forwarded } from './routes.ts';

/** A request of a gateway before anything of it is believed. */
export interface GatewayRequest {
  readonly method: string;
  /** As it was sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * What a gateway asks about. nginx tells it in `X-Original-*`, Traefik in `X-Forwarded-*`, Envoy by asking with the same
 * method and host, the path below ours. Clients may send such headers too: where two tell different things, nothing is
 * believed.
 */
export function readForwarded({ method, url, headers }: GatewayRequest, path: string): Forwarded | null {
  const told = [
    toldBy(headers, 'x-original'),
    toldBy(headers, 'x-forwarded'),
    toldByPath({ method, url, headers }, path),
  ];
  const [first, ...others] = told.filter((each) => each !== undefined);
  if (!first) return null;
  const same = others.every(
    (each) => each && each.method === first.method && each.host === first.host && each.uri === first.uri,
  );
  return same ? first : null;
}

/** Undefined when these headers tell nothing, null when they tell too little. */
function toldBy(headers: IncomingHttpHeaders, prefix: 'x-original' | 'x-forwarded'): Forwarded | null | undefined {
  const read = (name: string) => {
    const value = headers[`${prefix}-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const [method, host, uri] = [read('method'), read('host'), read('uri')];
  if (uri === undefined) return undefined;
  return method === undefined || host === undefined ? null : { method, host, uri };
}

function toldByPath({ method, url, headers }: GatewayRequest, path: string): Forwarded | null | undefined {
  const uri = url.slice(path.length);
  if (!uri.startsWith('/')) return undefined;
  const { host } = headers;
  return host === undefined ? null : { method, host, uri };
}

/** Whether an address is in the networks whose word counts. */
export function trustedAddresses(networks: readonly string[]): (address: string | undefined) => boolean {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    trusted.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => {
    const plain = address?.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : (address ?? '');
    const version = isIP(plain);
    return version !== 0 && trusted.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}
