import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** Of `localhost` and 127.0.0.1, signed by itself, as a program makes it that is everywhere. */
export function newCertificate(): { readonly key: string; readonly cert: string } {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '-'];
  const made = execFileSync('openssl', ['req', '-x509', ...key, ...names, '-days', '2', '-out', '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const part = (name: string) => new RegExp(`-----BEGIN ${name}-----[^]*-----END ${name}-----`).exec(made)?.[0] ?? '';
  return { key: part('PRIVATE KEY'), cert: part('CERTIFICATE') };
}

export const certificate = newCertificate();

/** A mail as an SMTP server got it. */
export interface ReceivedMail {
  /** Addresses of the envelope, which are those it goes to. */
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ParsedMail;
  readonly raw: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
}

/** A real SMTP server for the tests. */
export interface TestSmtp {
  readonly port: number;
  /** In the order of arrival; those taken, not those refused. */
  readonly received: readonly ReceivedMail[];
  /** Connections that came, whatever became of them. */
  connections(): number;
  close(): Promise<void>;
}

export interface TestSmtpOptions extends SMTPServerOptions {
  /** Decides on a mail when all of it is there; a failure refuses it. */
  readonly decide?: (received: ReceivedMail, attempt: number) => Promise<void> | void;
}

/** Refuses with a status of SMTP. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

export async function startSmtp({ decide, ...options }: TestSmtpOptions = {}): Promise<TestSmtp> {
  const received: ReceivedMail[] = [];
  let attempts = 0;
  let connections = 0;
  const server = new SMTPServer({
    ...certificate,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...options,
    onConnect: (session, done) => {
      connections += 1;
      if (options.onConnect) options.onConnect(session, done);
      else done();
    },
    onData: (stream, session, done) => {
      const taking = async () => {
        const raw = (await stream.toArray()).map(String).join('');
        const { mailFrom, rcptTo } = session.envelope;
        const arrived: ReceivedMail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          mail: await simpleParser(raw),
          raw,
          secure: session.secure,
        };
        attempts += 1;
        await decide?.(arrived, attempts);
        received.push(arrived);
      };
      taking().then(
        () => done(),
        (failure: Error) => done(failure),
      );
    },
  });
  // Clients that go away are part of the tests.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
