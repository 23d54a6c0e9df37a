import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Certificate } from '../tls/certificate.ts';

/** Times after which a connection that does nothing is given up, in milliseconds. */
const requestTimeout = 60_000;
const keepAliveTimeout = 72_000;
const handshakeTimeout = 10_000;
/**
 * A gateway hands on all that its client sends, and adds the request line to it: nginx takes up to 32 KiB. What is longer is
 * answered 400 before there is a road, which is no answer that gateways expect of a deny.
 */
const maxHeaderSize = 64 * 1024;
/** A request without a host is refused on the road, in words that clients know. */
const options: ServerOptions = { requestTimeout, keepAliveTimeout, maxHeaderSize, requireHostHeader: false };

/**
 * What listens: HTTP, or HTTPS with a certificate. A renewed one is shown to new connections; those that are open go on with
 * what they have agreed upon.
 */
export function openHttp(handle: RequestListener, certificate: Certificate | undefined): Server {
  if (!certificate) return createServer(options, handle);
  const server = createSecureServer({ ...options, ...certificate.current(), handshakeTimeout }, handle);
  certificate.onRenewal((shown) => server.setSecureContext(shown));
  return server;
}
