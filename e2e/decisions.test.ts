import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import {
  type Json,
  removeData,
  runProgram,
  runScw,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';

const program = join(import.meta.dirname, '../packages/cli/bin/scw.js');

for (const database of databases()) {
  describe(`asking who may do what, and why, on ${database.name}`, { timeout: 90_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let bin: string;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
      bin = join(server.data, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'scw'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
      chmodSync(join(bin, 'scw'), 0o755);
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    /** Types a line that works. */
    const scw = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runScw(
        server,
        words.flatMap((word, at) => (at === 0 ? word.split(' ') : [word])),
      );
      expect([code, stderr], words.join(' ')).toEqual([0, '']);
      return stdout;
    };
    const json = async (...words: readonly string[]): Promise<Json> => JSON.parse(await scw(...words, '-ojson'));
    const make = async (...words: readonly string[]): Promise<string> => (await json(...words)).id;
    const check = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await runScw(server, ['iam', 'check', ...words]);
      return [code, stdout, stderr];
    };
    const allow = [0, 'allow\n', ''];
    const deny = [3, 'deny\n', ''];
    /** Pastes a command into a shell, as it was printed. */
    const paste = async (command: string) => {
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: server.data, SCW_CONFIG_PATH: server.configuration };
      const { code, stderr } = await runProgram('sh', ['-c', command], { env });
      expect([code, stderr], command).toEqual([0, '']);
    };
    /** The commands that an explanation offers, each way to the opposite answer by itself. */
    const waysIn = (explanation: string): readonly (readonly string[])[] => {
      const [, after = ''] = explanation.split('To change this:\n');
      const ways = after.split(/^- /m).slice(1);
      return ways.map((way) => way.split('\n').flatMap((line) => (line.startsWith('    scw ') ? [line.trim()] : [])));
    };
    const kindsIn = ({ changes }: Json): readonly string[] =>
      changes.map(({ edits }: Json) => edits.map(({ kind }: Json) => kind).join(' '));

    let count = 0;
    const member = async () => {
      count += 1;
      const name = `member${count}`;
      return [
        await make('iam user create', `member.username=${name}`, `member.email=${name}@example.org`),
        name,
      ] as const;
    };
    const organizationScope = () => `rules.0.organization-id=${server.organizationId}`;

    it('a member without rights is told why, and every command that is offered flips the answer', async () => {
      const group = await make('iam group create', 'name=Readers');
      await make(
        'iam policy create',
        'name=readers',
        `group-id=${group}`,
        'rules.0.permission-set-names.0=IAMReadOnly',
        organizationScope(),
      );
      const permission = 'iam:user:list';
      const [first, name] = await member();
      expect(await check(permission, `principal-id=${first}`)).toEqual(deny);
      const explanation = await scw(`iam explain ${permission}`, `principal-id=${first}`);
      expect(explanation).toMatch(
        new RegExp(
          `^${name} may not use iam:user:list in the organization .+, because no rule grants it\\.\n\nNeeded:\niam:user:list  missing\n`,
        ),
      );
      expect(explanation).toContain(
        `- add ${name} to the group Readers\n    scw iam group add-member ${group} user-id=${first}\n`,
      );
      expect(explanation).toContain(
        `- give ${name} a policy with IAMUserReadOnly in the organization\n    scw iam policy create `,
      );

      const ways = waysIn(explanation);
      expect(ways.length).toBeGreaterThanOrEqual(3);
      const granted: string[] = [];
      for (const [index, way] of ways.entries()) {
        const id = index === 0 ? first : (await member())[0];
        expect(way).toHaveLength(1);
        await paste(way[0]!.replaceAll(first, id));
        expect(await check(permission, `principal-id=${id}`), way[0]).toEqual(allow);
        granted.push(id);
      }
      expect(kindsIn(await json(`iam explain ${permission}`, `principal-id=${granted.at(-1)}`))).toContain(
        'remove_rule',
      );

      // And back: a way to the answer no is offered for each of them, and works.
      for (const id of granted) {
        const back = waysIn(await scw(`iam explain ${permission}`, `principal-id=${id}`));
        const mine = back.find(([command]) => command?.includes('remove-member')) ?? back.at(-1)!;
        for (const command of mine) await paste(command);
        expect(await check(permission, `principal-id=${id}`), mine.join()).toEqual(deny);
      }
    });

    it('a locked member may be unlocked, and needs what else is missing too', async () => {
      const [id, name] = await member();
      await scw(`iam user lock ${id}`);
      const explanation = await scw('iam explain iam:log:list', `principal-id=${id}`);
      expect(explanation).toMatch(new RegExp(`^${name} may not use iam:log:list in .*, because it is locked\\.`));
      expect(explanation).toContain(`- unlock ${name}\n    scw iam user unlock ${id}\n  and `);
      const way = waysIn(explanation).at(-1)!;
      expect(way).toHaveLength(2);
      await paste(way[0]!);
      expect(await check('iam:log:list', `principal-id=${id}`)).toEqual(deny);
      await paste(way[1]!);
      expect(await check('iam:log:list', `principal-id=${id}`)).toEqual(allow);
    });

    it('the clause of a condition that fails is shown with the values it read', async () => {
      const [id, name] = await member();
      const project = await make('account project create', 'name=web');
      await make(
        ...([
          'iam policy create',
          'name=office',
          `user-id=${id}`,
          'rules.0.permission-set-names.0=SSHKeysReadOnly',
        ] as const),
        ...[
          `rules.0.project-ids.0=${project}`,
          'rules.0.condition=has(request.ip) && request.ip.inIpRange("192.0.2.0/24")',
        ],
      );
      const question = ['iam:ssh_key:list', `principal-id=${id}`, `project-id=${project}`];
      expect(await check(...question, 'request.ip=192.0.2.7')).toEqual(allow);
      expect(await check(...question, 'request.ip=10.0.0.1')).toEqual(deny);
      const outside = await scw('iam explain', ...question, 'request.ip=10.0.0.1');
      expect(outside).toMatch(
        new RegExp(
          `^${name} may not use iam:ssh_key:list in the project web, because the only rule that would grant it has a condition that is not met\\.`,
        ),
      );
      expect(outside).toContain(
        'office  rules.0  -        condition is false  request.ip.inIpRange("192.0.2.0/24"), where request.ip is 10.0.0.1\n',
      );
      const unknown = await scw('iam explain', ...question);
      expect(unknown).toContain('condition is false  has(request.ip), where request.ip is not given\n');
      const asJson = await json('iam explain', ...question, 'request.ip=10.0.0.1');
      expect(asJson).toMatchObject({
        decision: 'deny',
        because: 'nothing_grants',
        scope: { type: 'project', id: project, name: 'web' },
        principal_name: name,
        rules: [
          {
            policy_name: 'office',
            position: 0,
            permission_set_names: ['SSHKeysReadOnly'],
            outcome: 'condition_false',
            clause: 'request.ip.inIpRange("192.0.2.0/24")',
            values: { 'request.ip': '10.0.0.1' },
          },
        ],
      });
      const drop = asJson.changes.find(({ edits: [edit] }: Json) => edit.kind === 'drop_condition');
      await paste(drop.edits[0].command);
      expect(await check(...question, 'request.ip=10.0.0.1')).toEqual(allow);
    });

    it('rules are widened by commands that leave the rest of the policy as it is', async () => {
      const [id] = await member();
      const [web, shop] = [
        await make('account project create', 'name=site'),
        await make('account project create', 'name=shop'),
      ];
      const condition = `request.ip != "it's $HOME \`none\`"`;
      const policy = await make(
        ...([
          'iam policy create',
          'name=both',
          `user-id=${id}`,
          'rules.0.permission-set-names.0=IAMGroupReadOnly',
        ] as const),
        ...[organizationScope(), `rules.0.condition=${condition}`, 'rules.1.permission-set-names.0=SSHKeysReadOnly'],
        `rules.1.project-ids.0=${web}`,
      );
      const about = [`principal-id=${id}`, 'request.ip=10.0.0.1'];
      const commandOf = async (kind: string, ...question: readonly string[]) => {
        const { changes } = await json('iam explain', ...question, ...about);
        return changes.find(({ edits: [edit] }: Json) => edit.kind === kind).edits[0].command;
      };
      await paste(await commandOf('add_permission_set', 'iam:application:list'));
      expect(await check('iam:application:list', ...about)).toEqual(allow);
      await paste(await commandOf('add_project', 'iam:ssh_key:list', `project-id=${shop}`));
      expect(await check('iam:ssh_key:list', `project-id=${shop}`, ...about)).toEqual(allow);
      const rules = await json(`iam rule list ${policy}`);
      expect(rules).toMatchObject([
        {
          permission_set_names: ['IAMGroupReadOnly', 'IAMApplicationReadOnly'],
          organization_id: server.organizationId,
          condition,
        },
        { permission_set_names: ['SSHKeysReadOnly'], project_ids: [web, shop], condition: '' },
      ]);
      await paste(await commandOf('widen_to_organization', 'iam:ssh_key:list'));
      expect(await check('iam:ssh_key:list', ...about)).toEqual(allow);
      expect(await json(`iam rule list ${policy}`)).toMatchObject([
        { permission_set_names: ['IAMGroupReadOnly', 'IAMApplicationReadOnly'], condition },
        { permission_set_names: ['SSHKeysReadOnly'], organization_id: server.organizationId, condition: '' },
      ]);
    });

    it('who-can and what-can show what was granted, and where', async () => {
      const [id, name] = await member();
      const project = await make('account project create', 'name=lab');
      await make(
        'iam policy create',
        `user-id=${id}`,
        'rules.0.permission-set-names.0=SSHKeysReadOnly',
        `rules.0.project-ids.0=${project}`,
      );
      const who = await json('iam who-can iam:ssh_key:read', `project-id=${project}`, 'page-size=1');
      expect(who).toContainEqual({ type: 'user', id, name, because: 'rule' });
      expect(who).toContainEqual(expect.objectContaining({ type: 'user', because: 'owner' }));
      const everywhere = await json('iam who-can iam:ssh_key:read');
      expect(everywhere.map((one: Json) => one.id)).not.toContain(id);
      expect(await scw('iam who-can iam:ssh_key:read', `project-id=${project}`)).toMatch(
        new RegExp(`^TYPE +ID +NAME +BECAUSE\n(?:.*\n)*user +${id} +${name} +rule\n`),
      );
      const what = await scw('iam what-can', `principal-id=${id}`);
      expect(what).toMatch(
        /^PERMISSION +ORGANIZATION +PROJECTS\niam:ssh_key:list +no +lab\niam:ssh_key:read +no +lab\n/,
      );
      expect(await json('iam what-can', `principal-id=${id}`, 'page-size=2')).toContainEqual({
        permission: 'iam:ssh_key:read',
        organization: false,
        projects: [{ id: project, name: 'lab' }],
      });
    });

    it('about oneself anybody may ask, about others not, and names of projects are for those who may list them', async () => {
      const application = await make('iam application create', 'name=ci');
      const key = await json('iam api-key create', `application-id=${application}`);
      const env = { SCW_ACCESS_KEY: key.access_key, SCW_SECRET_KEY: key.secret_key };
      const asCi = (...words: readonly string[]) => runScw(server, words, env);
      expect(await asCi('iam', 'check', 'iam:user:list')).toEqual({ code: 3, stdout: 'deny\n', stderr: '' });
      expect(await asCi('iam', 'check', 'iam:user:list', `principal-id=${application}`)).toMatchObject({ code: 3 });
      const others = await asCi('iam', 'check', 'iam:user:list', `principal-id=${(await member())[0]}`);
      expect(others).toEqual({ code: 1, stdout: '', stderr: 'Insufficient permissions: check decision\n' });
      expect(await asCi('iam', 'explain', 'iam:user:list')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'Insufficient permissions: list policy; list group; list user\n',
      });

      await make(
        'iam policy create',
        `application-id=${application}`,
        'rules.0.permission-set-names.0=IAMReadOnly',
        organizationScope(),
      );
      expect(await asCi('iam', 'check', 'iam:user:list')).toEqual({ code: 0, stdout: 'allow\n', stderr: '' });
      const project = await make('account project create', 'name=quiet');
      const question = ['iam', 'explain', 'iam:ssh_key:list', `project-id=${project}`];
      expect((await asCi(...question)).stdout).toMatch(
        new RegExp(
          `^The application ci may not use iam:ssh_key:list in the project ${project}, because no rule grants it\\.`,
        ),
      );
      await make(
        'iam policy create',
        `application-id=${application}`,
        'rules.0.permission-set-names.0=ProjectReadOnly',
        organizationScope(),
      );
      expect((await asCi(...question)).stdout).toContain(' in the project quiet, ');
    });
  });
}
