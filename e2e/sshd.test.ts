import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { resultsOf } from './clients/support/compatibility.ts';
import { callApi, dataFolder, removeData, runScw, type ServerProcess, startServer } from './support/server-process.ts';
import { type Sshd, sshdPrograms, sshdVersion, startSshd } from './support/sshd.ts';

const results = resultsOf('sshd');
const bailiwick = join(import.meta.dirname, '../packages/server/bin/bailiwick.js');

for (const database of sshdPrograms().length > 0 ? databases() : []) {
  describe(`logins with the SSH keys of a project, on ${database.name}`, () => {
    const version = sshdVersion();
    results(database.name, () => ({
      client: 'sshd, asking with AuthorizedKeysCommand',
      machine: `OpenSSH ${version}`,
    }));
    let server: ServerProcess;
    let created: TestDatabase;
    let sshd: Sshd;
    let accessKey: string;
    let keyId: string;

    const scw = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await runScw(server, [...words, '-o', 'json']);
      expect([code, stderr], words.join(' ')).toEqual([0, '']);
      return JSON.parse(stdout);
    };

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ data: dataFolder(), databaseUrl: created.url });
      const project = server.organizationId;
      const { id } = await scw('iam', 'application', 'create', 'name=sshd');
      const rule = ['rules.0.permission-set-names.0=SSHKeysReadOnly', `rules.0.project-ids.0=${project}`];
      await scw('iam', 'policy', 'create', 'name=sshd', `application-id=${id}`, ...rule);
      const key = await scw('iam', 'api-key', 'create', `application-id=${id}`);
      accessKey = key.access_key;
      const configuration = join(server.data, 'sshd.yaml');
      writeFileSync(configuration, `api_url: ${server.url}\nsecret_key: ${key.secret_key}\n`, { mode: 0o400 });
      const words = ['--project-id', project, '--config', configuration, '--cache', join(server.data, 'cache')];
      sshd = await startSshd([process.execPath, bailiwick, 'authorized-keys', ...words].join(' '));
    });
    afterAll(async () => {
      sshd.stop();
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const letIn = { code: 0, stdout: 'let in\n' };
    const refused = { code: 255, stdout: '' };

    it('nobody is let in without a key', async () => {
      expect(await sshd.login()).toMatchObject(refused);
    });

    it('a key that was added opens at once', async () => {
      keyId = (await scw('iam', 'ssh-key', 'create', 'name=laptop', `public-key=@${sshd.publicKey}`)).id;
      const outcome = await sshd.login();
      expect(outcome, sshd.log()).toMatchObject(letIn);
    });

    it('one that is disabled does not, until it is enabled again', async () => {
      await scw('iam', 'ssh-key', 'update', keyId, 'disabled=true');
      expect(await sshd.login()).toMatchObject(refused);
      await scw('iam', 'ssh-key', 'update', keyId, 'disabled=false');
      expect(await sshd.login()).toMatchObject(letIn);
    });

    it('a server that is down locks nobody out', async () => {
      const port = Number(new URL(server.url).port);
      await server.kill();
      expect(await sshd.login(), sshd.log()).toMatchObject(letIn);
      server = await startServer({ data: server.data, databaseUrl: created.url, port });
      expect(await sshd.login()).toMatchObject(letIn);
    });

    it('a key that was disabled before does not open while the server is down', async () => {
      await scw('iam', 'ssh-key', 'update', keyId, 'disabled=true');
      expect(await sshd.login()).toMatchObject(refused);
      const port = Number(new URL(server.url).port);
      await server.kill();
      expect(await sshd.login()).toMatchObject(refused);
      server = await startServer({ data: server.data, databaseUrl: created.url, port });
      await scw('iam', 'ssh-key', 'update', keyId, 'disabled=false');
      expect(await sshd.login(), sshd.log()).toMatchObject(letIn);
    });

    it('when the key of sshd itself is deleted, nobody is let in, from what was kept either', async () => {
      expect((await callApi(server, 'DELETE', `/iam/v1alpha1/api-keys/${accessKey}`)).status).toBe(204);
      expect(await sshd.login()).toMatchObject(refused);
      const port = Number(new URL(server.url).port);
      await server.kill();
      expect(await sshd.login()).toMatchObject(refused);
      server = await startServer({ data: server.data, databaseUrl: created.url, port });
    });
  });
}
