import { operations } from '@bailiwick/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type GuardCaller,
  type GuardCase,
  type GuardRow,
  guardCallers,
  guardRows,
  isAllowed,
  type Verdict,
} from '../../../scripts/guard-rows.ts';
import { databases } from '../../../test-support/databases.ts';
import { create } from './support/bearers.ts';
import {
  directoryOf,
  type GuardWorld,
  guardApplication,
  guardMember,
  guardSamples,
  type Somebody,
} from './support/guard-samples.ts';
import { forbidden, refusalOf, unauthenticated } from './support/refusals.ts';
import { type Answer, serverOn } from './support/server.ts';

const rows = guardRows();

describe('the guard table', () => {
  it('has a row and an input for every operation', () => {
    const ids = operations.map(({ id }) => id).toSorted();
    expect([...new Set(rows.map(({ operation }) => operation))].toSorted()).toEqual(ids);
    expect(Object.keys(guardSamples).toSorted()).toEqual(ids);
  });
});

/** Things are made for every call. */
const plenty = 1_000_000;
const quotas = {
  iam_users: plenty,
  iam_applications: plenty,
  iam_groups: plenty,
  iam_policies: plenty,
  iam_api_keys: plenty,
  iam_ssh_keys: plenty,
  account_projects: plenty,
};

/** Either the input says so, or the operation knows nobody but the caller. */
const isAboutCaller = ({ when, self, onItself }: GuardRow) =>
  when === 'of itself' || when === 'about itself' || (self !== null && onItself.size === 0);

for (const database of databases()) {
  describe(`the guard table on ${database.name}`, () => {
    const server = serverOn(database, { quotas });
    let world: GuardWorld;
    const callers = new Map<string, Somebody>();

    beforeAll(async () => {
      const { organizationId: organization, ownerId, secretKey } = server.organization;
      world = {
        server,
        organization,
        project: (await create(server, '/account/v3/projects', { name: 'rooms' })).id,
        otherUser: await guardMember(server),
        otherApplication: await guardApplication(server),
      };
      callers.set('owner', { kind: 'user', id: ownerId, key: secretKey });
      for (const caller of guardCallers) {
        if (caller.kind === 'user') callers.set(caller.name, await guardMember(server));
        if (caller.kind === 'application') callers.set(caller.name, await holder(caller));
      }
    });

    const holder = async ({ set }: GuardCaller): Promise<Somebody> => {
      const application = await guardApplication(server);
      if (set) {
        const where =
          set.where === 'organization' ? { organization_id: world.organization } : { project_ids: [world.project] };
        const rules = [{ permission_set_names: [set.name], ...where }];
        await create(server, '/iam/v1alpha1/policies', { name: set.name, application_id: application.id, rules });
      }
      return application;
    };

    const shownByDirectory = async () => {
      const { token } = await directoryOf(world);
      return { key: null, headers: { authorization: `Bearer ${token}` } };
    };

    const subject = (when: GuardCase): Somebody =>
      when === 'of an application' ? world.otherApplication : world.otherUser;

    const expectVerdict = (row: GuardRow, { because, missing }: Verdict, who: string, answer: Answer) => {
      const title = `${row.operation} ${row.when} by ${who}: ${answer.text}`;
      if (because === 'unknown caller' && row.operation.startsWith('scim') && row.needed.length === 0) {
        const detail = 'send the token of this SCIM configuration as `Authorization: Bearer …`';
        expect([answer.status, answer.body.detail], title).toEqual([401, detail]);
      } else if (because === 'unknown caller' && who === 'directory' && row.operation === 'gateway.forwardAuth') {
        // There, what has a dot stands for a session.
        expect(refusalOf(answer), title).toEqual(unauthenticated('jwt', 'invalid_argument'));
      } else if (because === 'unknown caller') {
        expect(refusalOf(answer), title).toEqual(unauthenticated('api_key', 'invalid_argument'));
      } else if (because === 'missing') {
        const pairs = missing.map((permission) => {
          const [, , action = ''] = permission.split(':');
          return [action, server.services.catalogue.permissionErrorResource(permission)] as const;
        });
        const once = [...new Map(pairs.map((pair) => [pair.join(), pair])).values()];
        expect(refusalOf(answer), title).toEqual(forbidden(...once));
      } else if (row.operation === 'gateway.forwardAuth') {
        // It answers a request of somebody else's, as a gateway tells of it; none is believed here (forward-auth.test.ts).
        expect(refusalOf(answer), title).toEqual(forbidden());
      } else if (row.operation === 'connections.initiate' || row.operation === 'connections.join') {
        // It has the right, and must have signed in (connections.test.ts).
        expect([answer.status, answer.body.precondition], title).toEqual([412, 'unknown_precondition']);
      } else {
        expect([200, 201, 204], title).toContain(answer.status);
      }
    };

    for (const row of rows) {
      const sample = guardSamples[row.operation];
      it(`${row.operation} ${row.when} is open to those in the table and to nobody else`, async () => {
        let call: Awaited<ReturnType<typeof sample>> | undefined;
        for (const [name, verdict] of row.verdicts) {
          const caller = callers.get(name);
          const about = isAboutCaller(row) && caller ? caller : subject(row.when);
          // Who is refused changes nothing, so the next one may be told the same.
          if (call === undefined || about === caller) call = await sample(world, about, row.when);
          const [path, options] = call;
          const credential = name === 'directory' ? await shownByDirectory() : { key: caller?.key ?? null };
          const answer = await server.call(row.method, path, { ...options, ...credential });
          expectVerdict(row, verdict, name, answer);
          if (isAllowed(verdict) || about === caller) call = undefined;
        }
      });

      if (row.onItself.size === 0) continue;
      it(`${row.operation} about itself is open to those in the table and to nobody else`, async () => {
        for (const [name, verdict] of row.onItself) {
          // One of its own for each call: it may be gone afterwards.
          const owner = callers.get('owner');
          const itself = name === 'owner' && owner ? owner : await guardMember(server);
          const [path, options] = await sample(world, itself, row.when);
          const answer = await server.call(row.method, path, { ...options, key: itself.key });
          if (name === 'owner' && row.operation === 'users.delete') {
            // It has the right, and stays all the same.
            expect([answer.status, answer.body.precondition]).toEqual([412, 'protected_resource']);
          } else expectVerdict(row, verdict, name, answer);
        }
      });
    }
  });
}
