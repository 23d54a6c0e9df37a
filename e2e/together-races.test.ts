import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationId } from '@bailiwick/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { createRecorder } from './support/calls.ts';
import { contradictions } from './support/invariants.ts';
import {
  type ApiAnswer,
  dataFolder,
  type Json,
  listAll,
  removeData,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const clients = 100;

interface Contest {
  readonly quota: string;
  readonly resource: string;
  readonly operation: OperationId;
  readonly path: string;
  /** What the quota counts before anybody comes. */
  readonly present: number;
  readonly body: (number: number) => Json;
}

const publicKeyOf = (server: ServerProcess): string => {
  const file = join(server.data, 'id_race');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
};

/** Slots that are free in each contest. */
const free = 3;
const quotas = {
  iam_users: 1 + free,
  iam_applications: 1 + free,
  iam_groups: 3 + free,
  iam_policies: 3 + free,
  iam_api_keys: 1 + free,
  iam_ssh_keys: free,
  account_projects: 1 + free,
};

for (const database of databases()) {
  describe(`a hundred clients want the same on ${database.name}`, () => {
    let server: ServerProcess;
    let roomy: ServerProcess;
    const created: TestDatabase[] = [];
    let application = '';
    let publicKey = '';

    beforeAll(async () => {
      created.push(await database.create(), await database.create());
      [server, roomy] = await Promise.all([
        startServer({ databaseUrl: created[0]!.url, data: dataFolder(quotas) }),
        startServer({ databaseUrl: created[1]!.url }),
      ]);
      publicKey = publicKeyOf(server);
      const made = await createRecorder(server).send({ operation: 'applications.create', body: { name: 'bearer' } });
      application = made.body.id;
    });
    afterAll(async () => {
      for (const one of [server, roomy]) {
        await one.stop();
        removeData(one);
      }
      for (const one of created) await one.drop();
    });

    /** All send at once. */
    const race = async (
      on: ServerProcess,
      operation: OperationId,
      bodyOf: (number: number) => Json,
    ): Promise<{ readonly winners: readonly ApiAnswer[]; readonly losers: readonly ApiAnswer[] }> => {
      const { send } = createRecorder(on);
      const answers = await Promise.all(
        Array.from({ length: clients }, (_, number) => send({ operation, body: bodyOf(number) })),
      );
      return {
        winners: answers.filter(({ status }) => status === 200),
        losers: answers.filter(({ status }) => status !== 200),
      };
    };

    const contests: readonly Contest[] = [
      {
        quota: 'iam_users',
        resource: 'user',
        operation: 'users.create',
        path: '/iam/v1alpha1/users',
        present: 1,
        body: (number) => ({ email: `guest${number}@example.org` }),
      },
      {
        quota: 'iam_applications',
        resource: 'application',
        operation: 'applications.create',
        path: '/iam/v1alpha1/applications',
        present: 1,
        body: (number) => ({ name: `application${number}` }),
      },
      {
        quota: 'iam_groups',
        resource: 'group',
        operation: 'groups.create',
        path: '/iam/v1alpha1/groups',
        // The two special ones are listed and do not count.
        present: 3 + 2,
        body: (number) => ({ name: `group${number}` }),
      },
      {
        quota: 'iam_policies',
        resource: 'policy',
        operation: 'policies.create',
        path: '/iam/v1alpha1/policies',
        present: 3,
        body: (number) => ({ name: `policy${number}`, no_principal: true }),
      },
      {
        quota: 'iam_api_keys',
        resource: 'api_key',
        operation: 'apiKeys.create',
        path: '/iam/v1alpha1/api-keys',
        present: 1,
        body: () => ({ application_id: application }),
      },
      {
        quota: 'iam_ssh_keys',
        resource: 'ssh_key',
        operation: 'sshKeys.create',
        path: '/iam/v1alpha1/ssh-keys',
        present: 0,
        body: (number) => ({
          name: `key${number}`,
          public_key: publicKey,
          project_id: server.organizationId,
        }),
      },
      {
        quota: 'account_projects',
        resource: 'project',
        operation: 'projects.create',
        path: '/account/v3/projects',
        present: 1,
        body: (number) => ({ name: `project${number}`, organization_id: server.organizationId }),
      },
    ];
    for (const { quota, resource, operation, path, present, body } of contests) {
      it(`the last free slots of ${quota} are given away once each, and everybody else is told that it is full`, async () => {
        const { total: before } = await listAll(server, path);
        expect(before).toBe(present);
        const limit = quotas[quota as keyof typeof quotas];
        const { winners, losers } = await race(server, operation, body);
        expect(winners).toHaveLength(free);
        for (const { status, body: told, headers } of losers) {
          expect(headers.get('x-bailiwick-revision')).toBeNull();
          expect([status, told]).toEqual([
            403,
            {
              details: [{ current: limit, organization_id: server.organizationId, quota: limit, resource }],
              message: 'quota(s) exceeded for this resource',
              type: 'quotas_exceeded',
            },
          ]);
        }
        const { items, total } = await listAll(server, path);
        expect([items.length, total]).toEqual([before + free, before + free]);
        expect(await contradictions(created[0]!.url)).toEqual([]);
      });
    }

    it('one group gets the name, and everybody else is told which', async () => {
      const { winners, losers } = await race(roomy, 'groups.create', () => ({ name: 'operators' }));
      expect(winners).toHaveLength(1);
      for (const { status, body } of losers) {
        expect([status, body]).toEqual([
          409,
          {
            help_message: 'a group is called "operators" already: choose another name',
            message: 'resource already exists',
            resource: 'group',
            resource_id: winners[0]!.body.id,
            type: 'already_exists',
          },
        ]);
      }
      const { items } = await listAll(roomy, '/iam/v1alpha1/groups?name=operators');
      expect(items.map(({ id }) => id)).toEqual([winners[0]!.body.id]);
      expect(await contradictions(created[1]!.url)).toEqual([]);
    });

    it('one user gets the username, however it is written, and everybody else is told who', async () => {
      const spellings = ['ada', 'Ada', 'ADA', 'aDa'];
      const { winners, losers } = await race(roomy, 'users.create', (number) => ({
        member: { username: spellings[number % spellings.length], email: `ada${number}@example.org` },
      }));
      expect(winners).toHaveLength(1);
      for (const { status, body } of losers) {
        expect([status, body]).toEqual([
          409,
          {
            help_message: expect.stringMatching(/^the username "ada" is taken: choose another$/i),
            message: 'resource already exists',
            resource: 'user',
            resource_id: winners[0]!.body.id,
            type: 'already_exists',
          },
        ]);
      }
      const { items } = await listAll(roomy, '/iam/v1alpha1/users?type=member');
      expect(items.map(({ id }) => id)).toEqual([winners[0]!.body.id]);
      expect(await contradictions(created[1]!.url)).toEqual([]);
    });
  });
}
