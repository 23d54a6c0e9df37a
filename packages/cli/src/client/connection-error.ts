import { CommandError } from '../command-error.ts';

/** What stands for the codes of the system, in the words people know from other clients. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  EPIPE: 'the connection was closed',
  ERR_PROXY_INVALID_CONFIG: 'the address of the proxy is none',
  ERR_PROXY_TUNNEL: 'the proxy refuses to connect',
  ERR_INVALID_CHAR: 'the user agent holds a character that may not be sent',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the server is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody who is known here vouches for the certificate of the server',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known here',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet',
  CERT_REVOKED: 'the certificate of the server was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name',
};

const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** The error for a call that got no answer, with what to look at. */
export function connectionError(method: string, url: string, failure: unknown): CommandError {
  // Several addresses of one host fail together.
  const first = (failure instanceof AggregateError ? failure.errors[0] : failure) as NodeJS.ErrnoException;
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  const hint = hintFor(new URL(url), first);
  return new CommandError(`error executing request: ${verb} "${url}": ${reasonOf(first)}`, {
    bare: true,
    cause: failure,
    ...(hint !== null && { hint }),
  });
}

function reasonOf(failure: NodeJS.ErrnoException): string {
  if (isPlainBehindTls(failure)) return 'the server does not speak TLS';
  if (isTlsBehindPlain(failure)) return 'the server speaks TLS';
  if (failure.message === 'aborted') return 'the answer broke off';
  const { code = '', message } = failure;
  const known = reasons[code];
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'the answer is no HTTP';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return 'no TLS that both sides know';
  // Without a code it is said by ourselves (transport.ts).
  return code === '' ? message : `the system says ${code}`;
}

function hintFor({ protocol, host, origin }: URL, failure: NodeJS.ErrnoException): string | null {
  const { code = '' } = failure;
  if (isPlainBehindTls(failure)) return `Set the API address to http://${host}, or put TLS in front of the server.`;
  if (isTlsBehindPlain(failure)) return `Set the API address to https://${host}.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${origin}: start the server, or set another SCW_API_URL.`;
  if (code.startsWith('ERR_PROXY_')) return 'Look at HTTP_PROXY, HTTPS_PROXY and NO_PROXY.';
  if (code.startsWith('HPE_')) return 'Check the API address: something else listens there.';
  if (code === 'ERR_INVALID_CHAR') return 'Set another one, or none, with: scw config unset user-agent';
  if (code === 'ENOTFOUND') return 'Check the name of the host in SCW_API_URL, or api_url of the profile.';
  if (untrusted.has(code)) {
    return 'Name the certificate of its authority in NODE_EXTRA_CA_CERTS; SCW_INSECURE=true checks none at all.';
  }
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate of the server has to be renewed.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Use the name that the certificate of the server holds.';
  // An answer that had begun was no TLS.
  return code === 'ECONNRESET' && protocol === 'http:' && failure.message !== 'aborted'
    ? `If the server speaks TLS, its address is https://${host}.`
    : null;
}

function isPlainBehindTls({ code, message }: NodeJS.ErrnoException): boolean {
  return (code === 'EPROTO' || (code ?? '').startsWith('ERR_SSL_')) && /wrong version|packet length/i.test(message);
}

/** The first byte of a TLS alert where an answer should begin. */
function isTlsBehindPlain(failure: NodeJS.ErrnoException): boolean {
  const { rawPacket } = failure as { rawPacket?: unknown };
  return Buffer.isBuffer(rawPacket) && rawPacket[0] === 0x15 && rawPacket[1] === 0x03;
}
