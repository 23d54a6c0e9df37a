import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { itIsGuarded } from './support/guard.ts';
import { expectRefused, type Fault, help, invalid } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const defaults = {
  enforce_password_renewal: false,
  grace_period_duration: '259200s',
  login_attempts_before_locked: 10,
  max_login_session_duration: '2592000s',
  max_api_key_expiration_duration: '0s',
} as const;

for (const database of databases()) {
  describe(`security settings on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let path: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      path = `/iam/v1alpha1/organizations/${organization}`;
    });

    const get = async (part = ''): Promise<Json> => (await server.call('GET', `${path}${part}`)).body;
    const change = (part: string, body: Json) => server.call('PATCH', `${path}/${part}`, { body });

    it('new settings lock after ten failures and limit no API key, their members in the order of the wire', async () => {
      const answer = await server.call('GET', `${path}/security-settings`);
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(defaults)]);
    });

    it('a change of the settings keeps what it does not name, and null names nothing', async () => {
      const nothing = Object.fromEntries(Object.keys(defaults).map((name) => [name, null]));
      for (const body of [{}, nothing]) expect((await change('security-settings', body)).body).toEqual(defaults);
      const changes = [
        { enforce_password_renewal: true },
        { grace_period_duration: '3600s' },
        { login_attempts_before_locked: 1 },
        { max_login_session_duration: '3600s' },
        { max_api_key_expiration_duration: '3600s' },
      ];
      let expected: Json = defaults;
      for (const body of changes) {
        expected = { ...expected, ...body };
        const answer = await change('security-settings', body);
        expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
        expect(await get('/security-settings')).toEqual(expected);
      }
      expect((await change('security-settings', defaults)).body).toEqual(defaults);
    });

    it('durations and attempts reach their upper limits, and a fraction of a second is cut', async () => {
      const most = {
        grace_period_duration: '2592000s',
        login_attempts_before_locked: 50,
        max_login_session_duration: '2592000s',
        max_api_key_expiration_duration: '315360000s',
      };
      expect((await change('security-settings', most)).body).toEqual({ ...defaults, ...most });
      const sent = { grace_period_duration: '3600.999999999s', max_api_key_expiration_duration: '0.000000000s' };
      const { body } = await change('security-settings', { ...defaults, ...sent });
      expect(body).toEqual({ ...defaults, grace_period_duration: '3600s', max_api_key_expiration_duration: '0s' });
      await change('security-settings', defaults);
    });

    const month = 'value must be from 3600s to 2592000s';
    const decade = 'value must be from 3600s to 315360000s, or 0s for no limit';
    const duration = 'value must be a duration in seconds, such as 3600s';
    const refusedSettings: readonly (readonly [what: string, body: Json, fault: Fault])[] = [
      ...['grace_period_duration', 'max_login_session_duration'].flatMap((name) =>
        ['0s', '3599s', '3599.999999999s', '2592001s'].map(
          (value) => [`${name} of ${value}`, { [name]: value }, [name, 'constraint', month]] as const,
        ),
      ),
      ...['1s', '3599s', '315360001s', '999999999999s'].map(
        (value) =>
          [
            `max_api_key_expiration_duration of ${value}`,
            { max_api_key_expiration_duration: value },
            ['max_api_key_expiration_duration', 'constraint', decade],
          ] as const,
      ),
      ...['', '3600', '-3600s', '1h', '1e4s', '3600 s', '9999999999999s'].map(
        (value) =>
          [
            `grace_period_duration of \`${value}\``,
            { grace_period_duration: value },
            ['grace_period_duration', 'format', duration],
          ] as const,
      ),
      [
        'a number as duration',
        { grace_period_duration: 3600 },
        ['grace_period_duration', 'format', help.type('string')],
      ],
      [
        'login_attempts_before_locked of 0',
        { login_attempts_before_locked: 0 },
        ['login_attempts_before_locked', 'constraint', 'value must be greater than or equal to 1'],
      ],
      [
        'login_attempts_before_locked of 51',
        { login_attempts_before_locked: 51 },
        ['login_attempts_before_locked', 'constraint', 'value must be less than or equal to 50'],
      ],
      ...[1.5, '5', true].map(
        (value) =>
          [
            `login_attempts_before_locked of ${JSON.stringify(value)}`,
            { login_attempts_before_locked: value },
            ['login_attempts_before_locked', 'format', help.type('integer')],
          ] as const,
      ),
      [
        'enforce_password_renewal of "true"',
        { enforce_password_renewal: 'true' },
        ['enforce_password_renewal', 'format', help.type('boolean')],
      ],
    ];
    for (const [what, body, fault] of refusedSettings) {
      it(`securitySettings.update refuses ${what} and keeps all settings`, async () => {
        const request = { enforce_password_renewal: true, ...body };
        await expectRefused(server, ['PATCH', `${path}/security-settings`, { body: request }], invalid(fault));
        expect(await get('/security-settings')).toEqual(defaults);
      });
    }

    it('a longest life of API keys counts for keys made afterwards', async () => {
      const { ownerId: user_id } = server.organization;
      const make = (body: Json) => ['POST', '/iam/v1alpha1/api-keys', { body: { user_id, ...body } }] as const;
      const unlimited = (await server.call(...make({}))).body;
      await change('security-settings', { max_api_key_expiration_duration: '7200s' });
      const required = 'organization security settings require an expiration date for API keys';
      await expectRefused(server, make({}), invalid(['expires_at', 'constraint', required]));
      const tooLate = 'organization security settings allow at most 7200s from now';
      const refused = invalid(['expires_at', 'constraint', tooLate]);
      await expectRefused(server, make({ expires_at: '2030-01-02T05:04:06Z' }), refused);
      expect((await server.call(...make({ expires_at: '2030-01-02T05:04:05Z' }))).status).toBe(200);
      const { secret_key: _, ...kept } = unlimited;
      const shown = await server.call('GET', `/iam/v1alpha1/api-keys/${unlimited.access_key}`);
      expect(shown.body).toEqual({ ...kept, secret_key: null });
      await change('security-settings', defaults);
    });

    itIsGuarded(
      'securitySettings',
      () => server,
      async () => organization,
      {
        'securitySettings.get': ['GET /iam/v1alpha1/organizations/{id}/security-settings', 'read security_settings'],
        'securitySettings.update': [
          'PATCH /iam/v1alpha1/organizations/{id}/security-settings',
          'write security_settings',
          {},
        ],
      },
    );
  });
}
