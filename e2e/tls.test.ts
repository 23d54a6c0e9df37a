import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CertificatePaths, makeCertificate } from '../test-support/certificates.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { beginRequest, keepingClient, silentConnection } from './support/connections.ts';
import { dataFolder, removeData, runScw, type ServerProcess, startServer } from './support/server-process.ts';

const applicationsPath = '/iam/v1alpha1/applications';
const checkPath = '/iam/v1alpha1/check-permissions';

for (const database of databases()) {
  describe(`HTTPS, on ${database.name}`, { timeout: 60_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let first: CertificatePaths;
    let second: CertificatePaths;
    let paths: CertificatePaths;

    beforeAll(async () => {
      created = await database.create();
      const data = dataFolder();
      first = makeCertificate(data, { name: 'first' });
      second = makeCertificate(data, { name: 'second' });
      paths = makeCertificate(data, { name: 'shown' });
      show(first);
      const env = { BAILIWICK_TLS_CERT: paths.cert, BAILIWICK_TLS_KEY: paths.key };
      server = await startServer({ data, databaseUrl: created.url, env });
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const show = ({ cert, key }: CertificatePaths) => {
      copyFileSync(cert, paths.cert);
      copyFileSync(key, paths.key);
    };
    const trusting = (certificate: CertificatePaths) => ({ ...server, ca: readFileSync(certificate.cert, 'utf8') });
    const question = () => ({
      permissions: [{ service: 'iam', name: 'policy', action: 'read', organization_id: server.organizationId }],
    });
    /** The name on the certificate that a new connection is shown, or why there is none. */
    const shownTo = (versions: { readonly maxVersion?: SecureVersion } = {}): Promise<string> => {
      const { hostname, port } = new URL(server.url);
      return new Promise((resolve) => {
        // Its name is what is asked for.
        const socket: TLSSocket = connect({
          host: hostname,
          port: Number(port),
          rejectUnauthorized: false,
          ...versions,
        });
        socket.once('secureConnect', () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.once('error', ({ message }) => resolve(message));
      });
    };

    it('is told on the line that says the server listens, and in the configuration that scw reads', async () => {
      expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(parse(readFileSync(server.configuration, 'utf8')).api_url).toBe(server.url);
      const words = ['iam', 'application', 'create', 'name=web'];
      const made = await runScw(server, words, { NODE_EXTRA_CA_CERTS: first.cert });
      expect([made.code, made.stderr]).toEqual([0, '']);
      expect((await runScw(server, words)).stderr).toContain('signed by itself');
    });

    it('answers what is asked most as well, and every other request', async () => {
      const client = keepingClient(trusting(first));
      const answer = await client.post(checkPath, question());
      expect([answer.status, answer.body.responses[0].decision]).toEqual([200, 'allow']);
      expect((await client.get(applicationsPath)).status).toBe(200);
      client.close();
    });

    it('is not spoken before TLS 1.2', async () => {
      expect(await shownTo({ maxVersion: 'TLSv1.2' })).toBe('first');
      expect(await shownTo({ maxVersion: 'TLSv1.1' })).toMatch(/protocol version|no protocols available/);
    });

    it('a renewed certificate is shown after a hang-up, and no connection ends for it', async () => {
      const client = keepingClient(trusting(first));
      expect((await client.get('/healthz')).connection).toBe('keep-alive');
      show(second);
      server.hangUp();
      await expect.poll(() => shownTo(), { timeout: 5_000 }).toBe('second');
      // Its own connection: a new one would refuse the other certificate.
      expect((await client.get('/healthz')).status).toBe(200);
      writeFileSync(paths.key, readFileSync(first.key));
      server.hangUp();
      await expect.poll(() => server.errors(), { timeout: 5_000 }).toContain('is not the key of the first certificate');
      expect(server.errors()).not.toContain('BEGIN');
      expect([await shownTo(), (await client.get('/healthz')).status]).toEqual(['second', 200]);
      client.close();
    });

    it('a server that is told to stop answers what is under way, says that it is not ready, and waits for no silence', async () => {
      const { hostname, port } = new URL(server.url);
      await silentConnection(server);
      connect({ host: hostname, port: Number(port), rejectUnauthorized: false }).on('error', () => {});
      connectPlain(Number(port), hostname)
        .on('error', () => {})
        .write('\x16\x03\x01');
      const begun = await beginRequest(trusting(second), applicationsPath, { name: 'begun' });
      const client = keepingClient(trusting(second));
      expect((await client.get('/readyz')).status).toBe(200);
      const stopped = server.stop();
      await pause(200);
      const told = await client.get('/readyz');
      expect([told.status, told.body, told.connection]).toEqual([503, { status: 'stopping' }, 'close']);
      const answer = await begun.finish();
      expect([answer.status, answer.connection]).toEqual([200, 'close']);
      expect(await stopped).toBe(0);
      client.close();
    });
  });
}
