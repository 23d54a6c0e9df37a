import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { callApi, removeData, runProgram, type ServerProcess, startServer } from './support/server-process.ts';
import { type Sitting, saysWhatIsTyped, shellPrograms, sitDown } from './support/shells.ts';

const tab = '\t';
const enter = '\r';
const backslash = String.raw`back\slash\\n:\t\:$x\\`;
/** A name that does harm in a shell that obeys it. */
const evil = `web site's "$(touch harm)"; touch harm & \`touch harm\` *`;

describe('completion in shells that somebody sits at', () => {
  const [database] = databases();
  let server: ServerProcess;
  let created: TestDatabase;
  let groupId: string;
  let accessKey: string;
  let otherKey: string;
  let policyId: string;
  let ruleId: string;

  beforeAll(async () => {
    created = await database!.create();
    server = await startServer({ databaseUrl: created.url });
    const made = async (path: string, body: object) => {
      const answer = await callApi(server, 'POST', `/iam/v1alpha1/${path}`, body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return answer.body;
    };
    groupId = (await made('groups', { name: 'night-watch' })).id;
    const { id } = await made('applications', { name: 'robot' });
    otherKey = (await made('api-keys', { application_id: id, description: backslash })).access_key;
    const rules = [{ permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId }];
    policyId = (await made('policies', { name: 'readers', application_id: id, rules })).id;
    ruleId = (await callApi(server, 'GET', `/iam/v1alpha1/rules?policy_id=${policyId}`)).body.rules[0].id;
    accessKey = (await made('api-keys', { application_id: id, description: evil })).access_key;
  });
  afterAll(async () => {
    await server.stop();
    removeData(server);
    await created.drop();
  });

  for (const shell of shellPrograms()) {
    describe(shell, () => {
      let home: string;
      let sitting: Sitting;

      beforeAll(async () => {
        home = mkdtempSync(join(tmpdir(), `scw-${shell}-`));
        const programs = saysWhatIsTyped(home);
        const configuration = join(home, 'config.yaml');
        const profiles = stringify({ profiles: { [evil]: {}, [backslash]: {} } });
        writeFileSync(configuration, `${readFileSync(server.configuration, 'utf8')}${profiles}`, { mode: 0o600 });
        writeFileSync(join(home, 'organization.yaml'), '');
        mkdirSync(join(home, 'keys'));
        for (const name of ['id@home.pub', 'my key.pub']) writeFileSync(join(home, 'keys', name), '');
        const env = { PATH: `${programs}:${process.env.PATH}`, SCW_CONFIG_PATH: configuration };
        const install = await runProgram(join(programs, 'scw'), ['autocomplete', 'install', `shell=${shell}`], {
          env: { ...env, HOME: home } as NodeJS.ProcessEnv,
        });
        expect(install.code, install.stderr).toBe(0);
        sitting = await sitDown(shell, home, env);
      });
      afterAll(async () => {
        await sitting[Symbol.asyncDispose]();
        // The shell may still write down what was typed.
        rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      });

      /** Ends the line and reads which words the program is given. */
      const wordsOf = async (keys: string): Promise<string> => {
        sitting.type(`${keys}${enter}`);
        const [, words] = await sitting.see(/^(<.*>)\r?$/m);
        return words!;
      };

      it('completes the name of a permission set', async () => {
        expect(await wordsOf(`scw iam policy create name=x rules.0.permission-set-names.0=IAMRead${tab}`)).toBe(
          '<iam><policy><create><name=x><rules.0.permission-set-names.0=IAMReadOnly>',
        );
      });

      it('completes commands and the names of arguments, with no blank before a value', async () => {
        expect(await wordsOf(`scw iam ssh${tab}li${tab}proj${tab}x`)).toBe('<iam><ssh-key><list><project-id=x>');
      });

      it('shows ids with their names and completes them', async () => {
        // bash shows several words when it is asked again.
        sitting.type(`scw iam group get ${shell === 'bash' ? `${tab}${tab}` : tab}`);
        await sitting.see(new RegExp(`${groupId} .*night-watch`));
        expect(await wordsOf('x')).toContain('<iam><group><get><');
        const typed = shell === 'fish' ? groupId.slice(0, 8) : 'watch';
        expect(await wordsOf(`scw iam group get ${typed}${tab}`)).toBe(`<iam><group><get><${groupId}>`);
        expect(await wordsOf(`scw iam group add-members group-id=${typed}${tab}`)).toBe(
          `<iam><group><add-members><group-id=${groupId}>`,
        );
      });

      it('makes one word of a name with blanks and signs of the shell, and obeys none of them', async () => {
        expect(await wordsOf(`scw -p web${tab}`)).toBe(`<-p><${evil}>`);
        expect(await wordsOf(`scw -p 'web${tab}`)).toBe(`<-p><${evil}>`);
        expect(await wordsOf(`scw -p "web${tab}`)).toBe(`<-p><${evil}>`);
        expect(await wordsOf(`scw iam api-key get ${accessKey.slice(0, 15)}${tab}`)).toBe(
          `<iam><api-key><get><${accessKey}>`,
        );
        expect(await wordsOf(`scw iam api-key get '$(touch harm)\`touch harm\`${tab}'`)).toContain('touch harm');
        expect(existsSync(join(home, 'harm'))).toBe(false);
      });

      it('keeps backslashes as they are, in words and in what is shown beside them', async () => {
        expect(await wordsOf(`scw -p back${tab}`)).toBe(`<-p><${backslash}>`);
        expect(await wordsOf(`scw -p 'back${tab}`)).toBe(`<-p><${backslash}>`);
        sitting.type(`scw iam api-key get ${shell === 'bash' ? `${tab}${tab}` : tab}`);
        await sitting.see(new RegExp(`${otherKey} .*${backslash.replace(/[\\$]/g, '\\$&')}`));
        await wordsOf('x');
      });

      it('offers files where a path is expected', async () => {
        expect(await wordsOf(`scw --config config.y${tab}`)).toBe('<--config><config.yaml>');
        expect(await wordsOf(`scw --config=config.y${tab}`)).toBe('<--config=config.yaml>');
        expect(await wordsOf(`scw iam apply -f org${tab}`)).toBe('<iam><apply><-f><organization.yaml>');
        expect(await wordsOf(`scw iam apply --file=org${tab}`)).toBe('<iam><apply><--file=organization.yaml>');
        expect(await wordsOf(`scw iam apply -forg${tab}`)).toBe('<iam><apply><-forganization.yaml>');
        expect(await wordsOf(`scw config import file=org${tab}`)).toBe('<config><import><file=organization.yaml>');
      });

      it('offers files behind the @ that loads one, folder by folder', async () => {
        const create = '<iam><ssh-key><create>';
        expect(await wordsOf(`scw iam ssh-key create public-key=@ke${tab}i${tab}`)).toBe(
          `${create}<public-key=@keys/id@home.pub>`,
        );
        expect(await wordsOf(`scw iam ssh-key create public-key=@keys/id@${tab}`)).toBe(
          `${create}<public-key=@keys/id@home.pub>`,
        );
        expect(await wordsOf(`scw iam ssh-key create public-key=@keys/my${tab}`)).toBe(
          `${create}<public-key=@keys/my key.pub>`,
        );
        expect(await wordsOf(`scw iam ssh-key create public-key=@${home}/keys/my${tab}`)).toBe(
          `${create}<public-key=@${home}/keys/my key.pub>`,
        );
      });

      it('completes the id of a rule of the policy that the line names', async () => {
        expect(await wordsOf(`scw iam rule delete ${policyId} rule-id=${tab}`)).toBe(
          `<iam><rule><delete><${policyId}><rule-id=${ruleId}>`,
        );
      });
    });
  }
});
