import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { ConfigError } from '../src/config.ts';
import { resealSecrets } from '../src/second-factors/reseal.ts';
import { deriveSecrets, type ServerKey, type ServerKeys } from '../src/secrets.ts';
import { serverKeyCheck, useServerKeys } from '../src/server-keys/check.ts';
import { manageKeys } from '../src/server-keys/command.ts';
import { keptUnder } from '../src/server-keys/kept-under.ts';
import { readServerKeys } from '../src/server-keys/server-keys.ts';
import { openStorage } from '../src/storage/open.ts';
import { administrationOf } from './support/administration.ts';
import { keyFor, withSession } from './support/bearers.ts';
import { connectDirectory } from './support/directory.ts';
import { insertSamples } from './support/rows.ts';
import { setUpOneTimePasswords } from './support/second-factors.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';

const iam = '/iam/v1alpha1';
/** The one that test servers are born with, and two that come later. */
const born: ServerKey = { id: null, bytes: Buffer.alloc(32, 7) };
const second: ServerKey = { id: 'second', bytes: Buffer.alloc(32, 8) };
const third: ServerKey = { id: 'third', bytes: Buffer.alloc(32, 9) };

for (const database of databases()) {
  describe(`server keys on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null, iam_api_keys: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await use(born);
      await auth.forgetTries();
    });

    /** As servers do by themselves, again and again. */
    const doJobs = async () => {
      await server.services.rehash.store();
      await resealSecrets(server.services, new AbortController().signal);
    };
    const use = async (...keys: ServerKeys) => {
      const { storage, secrets } = server.services;
      secrets.use(keys);
      const row = { singleton: 1, created_at: 1, server_key_check: serverKeyCheck(secrets) } as const;
      await storage.db.deleteFrom('installation').execute();
      await storage.db.insertInto('installation').values(row).execute();
    };
    const works = async (key: string) => (await server.call('GET', `${iam}/users`, { key })).status === 200;
    const kept = async (id: string | null, what: string) =>
      (await keptUnder(server.services.storage, id === null ? born : second)).find((each) => each.what === what)?.total;

    it('an API key works before, between and after; used once, it outlives the key it was made under', async () => {
      const { secretKey } = server.organization;
      const used = await keyFor(server, { user_id: await ownerId() });
      const unused = await keyFor(server, { user_id: await ownerId() });
      for (const keys of [
        [born, second],
        [second, born],
      ] satisfies ServerKeys[]) {
        await use(...keys);
        expect(await works(used)).toBe(true);
      }
      const made = await keyFor(server, { user_id: await ownerId() });
      await doJobs();
      expect(await kept('second', 'API keys')).toBe(3);
      await use(born, second);
      for (const key of [used, made, secretKey]) expect(await works(key)).toBe(true);
      await use(second);
      expect(await Promise.all([used, made, secretKey, unused].map(works))).toEqual([true, true, true, false]);
      await use(second, born);
      for (const key of [used, made, secretKey, unused]) expect(await works(key)).toBe(true);
      await use(born, second);
      for (const key of [used, made, secretKey, unused]) expect(await works(key)).toBe(true);
      await doJobs();
    });

    it('a SCIM token too', async () => {
      const directory = await connectDirectory(server);
      const asked = async () => (await directory.call('GET', '/Users')).status;
      await use(second, born);
      expect(await kept(null, 'SCIM tokens')).toBe(1);
      expect(await asked()).toBe(200);
      await doJobs();
      expect([await kept(null, 'SCIM tokens'), await kept('second', 'SCIM tokens')]).toEqual([0, 1]);
      await use(second);
      expect(await asked()).toBe(200);
      await use(born);
      expect(await asked()).toBe(401);
    });

    it('sessions go on: their tokens, and the renewal of them', async () => {
      const { id, username } = await auth.member();
      const session = await auth.signIn(username);
      const itself = async (token: string) =>
        (await server.call('GET', `${iam}/users/${id}`, withSession(token))).status === 200;
      await use(second, born);
      expect(await itself(session.token)).toBe(true);
      const renewed = await auth.done('renew', { renew_token: session.renew_token });
      expect(await itself(renewed.token)).toBe(true);
      await use(born, second);
      expect(await itself(renewed.token)).toBe(true);
      await use(second);
      expect([await itself(session.token), await itself(renewed.token)]).toEqual([false, true]);
      const again = await auth.done('renew', { renew_token: renewed.renew_token });
      expect(await itself(again.token)).toBe(true);
      // One that was used before ends the session, under whichever key it was made.
      await use(second, born);
      expect((await auth.call('renew', { renew_token: session.renew_token })).status).toBe(401);
      expect(await itself(again.token)).toBe(false);
    });

    it('one-time passwords and recovery codes go on; what servers can move, outlives the older key', async () => {
      const { id, username } = await auth.member();
      const { recoveryCodes, next } = await setUpOneTimePasswords(server, id);
      const factor = async (proof: Json) => {
        const { attempt } = await auth.signIn(username);
        return (await auth.call('second-factor', { attempt, ...proof })).status;
      };
      await use(second, born);
      expect(await factor({ recovery_code: recoveryCodes[0] })).toBe(200);
      expect(await factor({ one_time_password: next() })).toBe(200);
      await doJobs();
      expect(await kept(null, 'one-time passwords')).toBe(0);
      await use(second);
      expect(await factor({ one_time_password: next() })).toBe(200);
      expect(await factor({ recovery_code: recoveryCodes[1] })).toBe(401);
    });

    it('a sign-in that is under way goes on', async () => {
      const { username } = await auth.member();
      const attempt = await auth.begin(username);
      await use(second, born);
      expect((await auth.done('password', { attempt, password })).status).toBe('signed_in');
    });

    it('many keys are accepted, and the database is moved on to the newest', async () => {
      const { services } = server;
      const check = async () => (await services.storage.db.selectFrom('installation').selectAll().execute())[0]!;
      const hash = (key: ServerKey) => deriveSecrets([key]).hash('bailiwick server key check');
      await useServerKeys(services, [third, second, born]);
      expect((await check()).server_key_check).toBe(hash(third));
      await expect(useServerKeys(services, [second, born])).rejects.toThrow(ConfigError);
      expect(services.secrets.hash('x')).toBe(deriveSecrets([third]).hash('x'));
    });

    const ownerId = async (): Promise<string> => (await server.call('GET', `${iam}/users?type=owner`)).body.users[0].id;
  });
}

describe('bailiwick key', () => {
  let data: string;
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'bailiwick-keys-'));
    const storage = await openStorage(`file:${join(data, 'bailiwick.db')}`);
    await insertSamples(storage.db);
    await storage.db.updateTable('one_time_passwords').set({ sealed_secret: 'other.sealed' }).execute();
    await storage.close();
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  const key = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { config, terminal, said, remove } = administrationOf(`file:${join(data, 'bailiwick.db')}`);
    remove();
    await manageKeys({ ...config, data }, [words[0] ?? '', words[1]], terminal);
    return said();
  };
  const ids = () => readServerKeys({ data, serverKey: undefined }).map(({ id }) => id);

  it('adds one, uses it, and drops the other, in a file of its owner alone', async () => {
    readServerKeys({ data, serverKey: undefined });
    await key('add');
    const [, added] = ids();
    expect(ids()).toEqual([null, expect.stringMatching(/^[0-9a-f]{8}$/)]);
    await key('use', added!);
    expect(ids()).toEqual([added, null]);
    await key('rotate');
    const [newest] = ids();
    expect(ids()).toEqual([newest, added, null]);
    await key('drop', 'first');
    expect(ids()).toEqual([newest, added]);
    expect(statSync(join(data, 'server.key')).mode & 0o777).toBe(0o600);
  });

  it('drops none that one-time passwords are kept under', async () => {
    readServerKeys({ data, serverKey: undefined });
    await key('rotate');
    const storage = await openStorage(`file:${join(data, 'bailiwick.db')}`);
    await storage.db.updateTable('one_time_passwords').set({ sealed_secret: 'sealed' }).execute();
    await storage.close();
    await expect(key('drop', 'first')).rejects.toThrow(/1 one-time passwords are kept under `first`/);
    expect(ids()).toHaveLength(2);
  });

  it('shows no key, neither in what it lists nor in what it refuses', async () => {
    readServerKeys({ data, serverKey: undefined });
    const said = [...(await key('rotate')), ...(await key('add'))].join('\n');
    for (const line of readFileSync(join(data, 'server.key'), 'utf8').trim().split('\n'))
      expect(said).not.toContain(line.split(':').at(-1));
  });

  it('refuses what would end everything, and what is not there', async () => {
    await expect(key('rotate')).rejects.toThrow(/there is no server key/);
    readServerKeys({ data, serverKey: undefined });
    await expect(key('drop', 'first')).rejects.toThrow(/cannot be dropped/);
    await expect(key('use', 'other')).rejects.toThrow(/there is no server key `other`/);
    await expect(key('turn')).rejects.toThrow(/key takes one of list, rotate, add, use, drop/);
    expect(ids()).toEqual([null]);
  });
});
