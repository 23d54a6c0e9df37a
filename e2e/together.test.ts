import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { type Acknowledged, type Call, createRecorder, resourceOf, userAgentOf } from './support/calls.ts';
import { readDatabase } from './support/database.ts';
import { contradictions } from './support/invariants.ts';
import { apply, type Model } from './support/model.ts';
import { type Random, seededRandom } from './support/random.ts';
import { callApi, type Json, listAll, removeData, type ServerProcess, startServer } from './support/server-process.ts';
import { modelOf, readView, ruleOf, viewOf } from './support/view.ts';

const clients = 100;
type Send = (call: Call) => Promise<Json>;
type Client = (send: Send, random: Random, number: number) => Promise<void>;
const range = (length: number) => Array.from({ length }, (_, index) => index);

for (const database of databases()) {
  describe(`a hundred clients at once on ${database.name}`, { timeout: 90_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let model: Model;
    let calls = 1;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
      model = modelOf(await readView(server));
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    /**
     * Lets the clients work side by side, each sending one call after the other, and holds the server to its word:
     * every call succeeds, and in the order of their revisions the calls make exactly what is there in the end.
     *
     * @param during runs until the clients are done
     */
    const together = async (
      work: readonly Client[],
      during: (isOver: () => boolean) => Promise<void> = async () => {},
    ): Promise<readonly Acknowledged[]> => {
      const recorder = createRecorder(server, calls);
      const before = await currentRevision();
      let over = false;
      const send = async (call: Call) => {
        const { status, body } = await recorder.send(call);
        expect(status, `${call.operation}: ${JSON.stringify(body)}`).toBe(body === null ? 204 : 200);
        return body;
      };
      const watching = during(() => over);
      await Promise.all(work.map((client, index) => client(send, seededRandom(calls + index), index))).finally(() => {
        over = true;
      });
      await watching;
      calls += recorder.sent.length;

      const acknowledged = recorder.acknowledged();
      expect(acknowledged).toHaveLength(recorder.sent.length);
      expect(acknowledged.map(({ revision }) => revision)).toEqual(acknowledged.map((_, index) => before + index + 1));
      for (const one of acknowledged) {
        apply(model, one.call, resourceOf(one));
        expectAnswer(one, model);
      }
      expect(await readView(server)).toEqual(viewOf(model));
      await expectLog(acknowledged);
      expect(await contradictions(created.url)).toEqual([]);
      return acknowledged;
    };

    /** The answer to a change shows the thing as it was right after it, whatever came next. */
    const expectAnswer = ({ call, answer }: Acknowledged, { groups, apiKeys }: Model) => {
      const { body } = answer;
      if (call.operation.startsWith('groups.')) {
        const { users, applications } = groups.get(body.id)!;
        expect([body.user_ids, body.application_ids]).toEqual([users, applications]);
      }
      if (call.operation === 'rules.set') expect(body.rules.map(ruleOf)).toEqual(call.body.rules);
      if (call.operation === 'apiKeys.update') {
        expect(body.description).toBe(apiKeys.get(body.access_key)?.description);
      }
    };

    /** One entry for each change, in their order, and none besides. */
    const expectLog = async (acknowledged: readonly Acknowledged[]) => {
      const { items, total } = await listAll(server, '/iam/v1alpha1/logs?order_by=created_at_asc');
      expect(total).toBe((await currentRevision()) - changesNotShown);
      const words: Readonly<Record<string, string>> = { create: 'created', delete: 'deleted' };
      expect(
        items
          .slice(-acknowledged.length)
          .map(({ action, resource_id, user_agent }) => ({ action, resource_id, user_agent })),
      ).toEqual(
        acknowledged.map((one) => ({
          action: (!one.call.operation.startsWith('rules.') && words[one.call.operation.split('.')[1]!]) || 'updated',
          resource_id: resourceOf(one),
          user_agent: userAgentOf(one.number),
        })),
      );
    };
    /** Projects are not among the things whose changes the log shows: the default one is the only one here. */
    const changesNotShown = 1;

    const currentRevision = async (): Promise<number> => {
      const [organization] = await readDatabase(created.url, (rows) => rows('select revision from organizations'));
      return organization.revision;
    };

    const makeAll = async (operation: Call['operation'], bodies: readonly Json[]): Promise<readonly string[]> =>
      (await together(bodies.map((body) => async (send) => void (await send({ operation, body }))))).map(resourceOf);

    it('the members of a group come out as one order of the calls makes them', async () => {
      const users = await makeAll(
        'users.create',
        range(60).map((index) => ({ email: `user${index}@example.org` })),
      );
      const applications = await makeAll(
        'applications.create',
        range(60).map((index) => ({ name: `application${index}` })),
      );
      const [group] = await makeAll('groups.create', [{ name: 'everybody' }]);
      const params = { group_id: group! };
      // The first fifty users belong to one client each, which puts its own in and takes it out again; every list that
      // is set holds them all. So it is known that a member who is taken out is in, and each call can succeed.
      const own = users.slice(0, 50);
      const shared = { user_ids: users.slice(50), application_ids: applications };
      await together([
        async (send) => void (await send({ operation: 'groups.setMembers', params, body: { user_ids: own } })),
      ]);

      const inAndOut: Client = async (send, random, number) => {
        const body = { user_id: own[number]! };
        await send({ operation: 'groups.removeMember', params, body });
        await send({ operation: 'groups.addMember', params, body });
        await send({
          operation: 'groups.addMember',
          params,
          body: random.pick([
            { user_id: random.pick(shared.user_ids) },
            { application_id: random.pick(shared.application_ids) },
          ]),
        });
        await send({ operation: 'groups.removeMember', params, body });
      };
      const several: Client = async (send, random) => {
        for (const operation of ['groups.addMembers', 'groups.setMembers', 'groups.addMembers'] as const) {
          const user_ids = random.some(shared.user_ids);
          const application_ids = random.some(shared.application_ids);
          const kept = operation === 'groups.setMembers' ? own : [];
          await send({ operation, params, body: { user_ids: [...user_ids, ...kept], application_ids } });
        }
      };
      const seen: string[] = [];
      const acknowledged = await together(
        range(clients).map((number) => (number < own.length ? inAndOut : several)),
        async (isOver) => {
          while (!isOver()) {
            const { body } = await callApi(server, 'GET', `/iam/v1alpha1/groups/${group}`);
            seen.push(JSON.stringify([body.user_ids, body.application_ids]));
          }
        },
      );
      const states = acknowledged.map(({ answer: { body } }) => JSON.stringify([body.user_ids, body.application_ids]));
      expect(seen.filter((state) => !states.includes(state) && state !== JSON.stringify([own, []]))).toEqual([]);
    });

    it('the rules of a policy are always those of one call, for readers in between as well', async () => {
      const organization_id = server.organizationId;
      const rulesOf = (random: Random, name: string) =>
        range(random.below(5)).map((index) => {
          const condition = `request.user_agent == "${name}/${index}"`;
          const sets = ['VPCReadOnly', 'IPAMReadOnly', 'ObjectStorageReadOnly'];
          return random.below(2) === 0
            ? { permission_set_names: ['IAMReadOnly'], condition, organization_id }
            : {
                permission_set_names: ['ContainersReadOnly', ...random.some(sets)],
                condition,
                project_ids: [organization_id],
              };
        });
      const rules = rulesOf(seededRandom(1), 'first');
      const [policy] = await makeAll('policies.create', [{ name: 'contested', no_principal: true, rules }]);
      const seen: string[] = [];
      const acknowledged = await together(
        range(clients).map((number) => async (send, random) => {
          for (const round of range(3)) {
            const body = { policy_id: policy, rules: rulesOf(random, `${number}/${round}`) };
            await send({ operation: 'rules.set', body });
          }
        }),
        async (isOver) => {
          const watch = async () => {
            while (!isOver()) {
              const path = `/iam/v1alpha1/rules?policy_id=${policy}&page_size=100`;
              const { body } = await callApi(server, 'GET', path);
              seen.push(JSON.stringify([body.rules.map(ruleOf), body.total_count]));
            }
          };
          await Promise.all(range(5).map(watch));
        },
      );
      const states = [rules, ...acknowledged.map(({ call }) => call.body.rules)];
      const whole = new Set(states.map((state) => JSON.stringify([state, state.length])));
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((state) => !whole.has(state))).toEqual([]);
    });

    it('the API keys of an application are those that were made and not deleted, and are counted', async () => {
      const [application] = await makeAll('applications.create', [{ name: 'busy' }]);
      const shared = await makeAll(
        'apiKeys.create',
        range(5).map((index) => ({ application_id: application, description: `shared ${index}` })),
      );
      const change = (accessKey: string, description: string): Call => ({
        operation: 'apiKeys.update',
        params: { access_key: accessKey },
        body: { description },
      });
      await together(
        range(clients).map((number) => async (send, random) => {
          const body = { application_id: application, description: 'new' };
          const { access_key } = await send({ operation: 'apiKeys.create', body });
          await send(change(random.pick(shared), `last changed by ${number}`));
          await send(change(access_key, `of ${number}`));
          if (number % 2 === 0) await send({ operation: 'apiKeys.delete', params: { access_key } });
        }),
      );
      const { body } = await callApi(server, 'GET', `/iam/v1alpha1/applications/${application}`);
      expect(body.nb_api_keys).toBe(shared.length + clients / 2);
    });
  });
}
