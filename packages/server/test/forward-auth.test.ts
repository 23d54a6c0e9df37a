import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { keyFor } from './support/bearers.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { forbidden, refusalOf, unauthenticated } from './support/refusals.ts';
import type { Answer, CallOptions } from './support/server.ts';

/** A deny tells nothing: not what is missing, nor whether there is such a path. */
const nothing = forbidden();
const challenge = 'Bearer realm="bailiwick"';

for (const database of databases()) {
  describe(`forward-auth on ${database.name}`, () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await startGateway(await database.create(), ['127.0.0.1']);
    });
    afterAll(() => gateway.close());

    const page = (name = 'home', project = gateway.organizationId) => `/projects/${project}/pages/${name}`;
    const expectAllowed = (answer: Answer) => {
      expect([answer.status, answer.text], answer.text).toEqual([200, '']);
      expect(answer.headers).toMatchObject({
        'x-bailiwick-principal-id': gateway.reader.id,
        'x-bailiwick-principal-type': 'user',
        'x-bailiwick-organization-id': gateway.organizationId,
        'cache-control': 'no-store',
      });
    };
    const expectDenied = (answer: Answer, what = '') => {
      expect(refusalOf(answer), what).toEqual(nothing);
      const names = Object.keys(answer.headers).filter((name) => name.startsWith('x-bailiwick-'));
      expect(names, what).toEqual([]);
      expect(answer.headers['cache-control']).toBe('no-store');
    };
    const expectUnknown = (answer: Answer, method: 'api_key' | 'jwt', reason: string) => {
      expect(refusalOf(answer)).toEqual(unauthenticated(method, reason));
      expect(answer.headers['www-authenticate']).toBe(challenge);
    };

    it('lets pass what the policies of the end user allow, and says who it is', async () => {
      expectAllowed(await gateway.ask('GET', page()));
      expectAllowed(await gateway.ask('GET', `${page()}?a=..%2f&b=//;#`.replace('#', '')));
    });

    it('waits for a revision that the end user asks for, and denies when it does not come', async () => {
      const asking = (revision: string) =>
        gateway.ask('GET', page(), { headers: { 'x-bailiwick-at-least': revision } });
      const { db } = gateway.server.services.storage;
      const { revision } = await db.selectFrom('organizations').select('revision').executeTakeFirstOrThrow();
      expectAllowed(await asking(String(revision)));
      expectDenied(await asking('nonsense'));
      expectDenied(await asking('999999'));
      const change = new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
        gateway.server.call('POST', '/iam/v1alpha1/groups', { body: { name: 'later' } }),
      );
      expectAllowed(await asking(String(revision + 1)));
      expect((await change).status).toBe(200);
    });

    it('denies other methods, other projects, and what no policy allows', async () => {
      expectDenied(await gateway.ask('PUT', page()));
      expectDenied(await gateway.ask('DELETE', page()));
      expectDenied(await gateway.ask('PATCH', page()), 'a method that the route does not list');
      expectDenied(await gateway.ask('GET', page('home', gateway.otherProject)));
      expectDenied(await gateway.ask('GET', page('home', '6f0c0000-0000-4000-8000-000000000009')));
      expectDenied(await gateway.ask('GET', page('home', 'nonsense')));
      expectDenied(await gateway.ask('GET', '/admin/users'));
    });

    it('conditions see the resource and the parameters of the path, the kind of the end user and its address', async () => {
      expectAllowed(await gateway.ask('PUT', page('draft')));
      expectDenied(await gateway.ask('PUT', page('draft2')));
      expectAllowed(await gateway.ask('PUT', page('final'), { headers: { 'x-forwarded-for': '192.0.2.7' } }));
      expectDenied(await gateway.ask('PUT', page('final'), { headers: { 'x-forwarded-for': '192.0.2.7, 192.0.2.8' } }));
    });

    it('a path that no route has is denied, and so is a host of another', async () => {
      expectDenied(await gateway.ask('POST', '/nowhere'));
      expectAllowed(await gateway.ask('GET', '/manual'));
      expectDenied(await gateway.ask('GET', '/manual', { host: 'docs.example.org' }));
      expectDenied(await gateway.ask('GET', '/manual', { host: 'DOCS.example.org:8443' }));
    });

    it('takes the credential of the end user in each of its places', async () => {
      const { key, session } = gateway.reader;
      const bare = (headers: Record<string, string>) => {
        const forwarded = {
          'x-original-method': 'GET',
          'x-original-host': 'wiki.example.org',
          'x-original-uri': page(),
        };
        return gateway.server.call('GET', '/forward-auth', { key: null, headers: { ...forwarded, ...headers } });
      };
      expectAllowed(await bare({ 'x-auth-token': key }));
      expectAllowed(await bare({ 'x-session-token': session }));
      expectAllowed(await bare({ authorization: `Bearer ${key}` }));
      expectAllowed(await bare({ authorization: `Bearer ${session}` }));
      expectUnknown(await bare({}), 'api_key', 'invalid_argument');
      expectUnknown(await bare({ authorization: 'Basic YTpi' }), 'api_key', 'invalid_argument');
      expectUnknown(await bare({ 'x-auth-token': '6f0c0000-0000-4000-8000-00000000dead' }), 'api_key', 'not_found');
      expectUnknown(await bare({ authorization: `Bearer ${session}x` }), 'jwt', 'invalid_argument');
      const other = await keyFor(
        gateway.server,
        { user_id: gateway.reader.id },
        gateway.server.clock.now() + 1_000_000,
      );
      gateway.server.clock.advance(2);
      expectUnknown(await bare({ 'x-auth-token': other }), 'api_key', 'expired');
    });

    it('the owner of another organization passes nowhere', async () => {
      const { secretKey } = await gateway.server.anotherOrganization();
      for (const uri of [page(), '/', '/login', '/admin', '/admin/users'])
        expectDenied(await gateway.ask('GET', uri, { headers: { 'x-auth-token': secretKey } }), uri);
    });

    it('a locked member is denied', async () => {
      const path = `/iam/v1alpha1/users/${gateway.reader.id}`;
      await gateway.server.call('POST', `${path}/lock`, { body: {} });
      expectDenied(await gateway.ask('GET', page()));
      await gateway.server.call('POST', `${path}/unlock`, { body: {} });
      expectAllowed(await gateway.ask('GET', page()));
    });

    const traps = [
      ['a dot segment', '/x/../admin/users'],
      ['a dot segment at the end', '/x/..'],
      ['a single dot', '/./login'],
      ['an escaped dot segment', '/x/%2e%2e/admin'],
      ['half an escaped dot segment', '/x/.%2E/admin'],
      ['a parameter of a segment', '/login;jsessionid=1'],
      ['a dot segment behind a parameter', '/x/..;/admin'],
      ['an escaped parameter', '/login%3Bx'],
      ['an escaped slash', '/x%2Fadmin'],
      ['an escaped slash in small letters', '/x%2fadmin'],
      ['an escaped backslash', '/x%5Cadmin'],
      ['a backslash', '/x\\admin'],
      ['a double slash', '//admin/users'],
      ['a double slash within', '/x//admin'],
      ['two slashes at the end', '/x//'],
      ['another case', '/ADMIN/users'],
      ['another case of one letter', '/Login'],
      ['letters of another width', '/%EF%BD%8Cogin'],
      ['a letter that need not be escaped', '/%6Cogin'],
      ['an escape in small letters', '/caf%c3%a9'],
      ['an escape of an escape', '/x%252e%252e/admin'],
      ['an escaped percent sign', '/100%25'],
      ['an escaped question mark', '/login%3Fx'],
      ['an escaped fragment', '/login%23x'],
      ['a fragment', '/login#x'],
      ['a fragment behind the query', '/login?x#y'],
      ['an escaped zero', '/login%00'],
      ['an escaped line end', '/login%0A'],
      ['a tab', '/lo\tgin'],
      ['a blank', '/log in'],
      ['a letter that should be escaped', '/caf\u00e9'],
      ['an overlong form', '/x%C0%AFadmin'],
      ['half of a letter', '/%E2%82'],
      ['a broken escape', '/%zz'],
      ['an absolute address', 'http://wiki.example.org/login'],
      ['an address without a scheme', '//wiki.example.org/login'],
      ['no slash at the beginning', 'login'],
      ['a star', '*'],
      ['nothing', ''],
      ['a slash at the end of a path that has none', '/login/'],
      ['a dot at the end', '/login.'],
      ['an escaped blank at the end', '/login%20'],
      ['a very long path', `/${'a'.repeat(8192)}`],
      ['two paths', '/login, /admin'],
    ] as const;
    for (const [what, uri] of traps) {
      it(`a path with ${what} is denied`, async () => expectDenied(await gateway.ask('GET', uri), uri));
    }

    it('a path in normal form is none of these traps', async () => {
      for (const uri of [
        '/',
        '/login',
        '/caf%C3%A9',
        '/a-b_c.d~e',
        "/!$&'()*+,=:@",
        '/%20x',
        '/x/',
        '/...',
        '/login2',
        '/x?y=/../;%2f',
      ])
        expectAllowed(await gateway.ask('GET', uri));
      expectAllowed(await gateway.ask('HEAD', '/x'));
    });

    it('methods and hosts that are no such are denied', async () => {
      for (const method of ['get', 'GET, PUT', '', 'G T', '*'])
        expectDenied(await gateway.ask(method, '/login'), method);
      for (const host of [
        '',
        'a b',
        'a..b',
        'wiki.example.org.',
        '-',
        'a/b',
        'wiki.example.org, x',
        'wiki.example.org:x',
      ])
        expectDenied(await gateway.ask('GET', '/login', { host }), host);
      for (const host of ['[2001:db8::1]:8080', '192.0.2.1', 'wiki', 'wiki.example.org:65535'])
        expectAllowed(await gateway.ask('GET', '/login', { host }));
    });

    it('takes what Traefik forwards', async () => {
      const traefik = (headers: Record<string, string>): Promise<Answer> =>
        gateway.server.call('GET', '/forward-auth', {
          key: gateway.reader.key,
          headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.9', ...headers },
        });
      const all = { 'x-forwarded-method': 'GET', 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-uri': page() };
      expectAllowed(await traefik(all));
      expectDenied(await traefik({ ...all, 'x-forwarded-method': 'PUT' }));
      for (const name of Object.keys(all)) {
        const { [name as keyof typeof all]: _, ...some } = all;
        expectDenied(await traefik(some), `without ${name}`);
      }
    });

    it('where two tell different things, nothing is believed: a client may have sent one of them', async () => {
      const forged = { 'x-forwarded-method': 'GET', 'x-forwarded-host': 'wiki.example.org', 'x-forwarded-uri': page() };
      expectDenied(await gateway.ask('GET', '/login', { headers: forged }));
      expectDenied(await gateway.ask('PUT', page(), { headers: forged }));
      expectDenied(await gateway.ask('GET', page(), { headers: { 'x-forwarded-uri': page() } }));
      expectAllowed(await gateway.ask('GET', page(), { headers: forged }));
      // Without a path of its own the other headers tell nothing.
      expectAllowed(await gateway.ask('GET', page(), { headers: { 'x-forwarded-method': 'PUT' } }));
    });

    it('a request that tells nothing is denied', async () => {
      const options: CallOptions = { key: gateway.reader.key };
      expectDenied(await gateway.server.call('GET', '/forward-auth', options));
      expectDenied(await gateway.server.call('POST', '/forward-auth', { ...options, body: { uri: '/login' } }));
    });
  });

  describe(`forward-auth from elsewhere, on ${database.name}`, () => {
    it('whoever is in no trusted network is denied, whatever it tells', async () => {
      for (const networks of [[], ['192.0.2.0/24', '2001:db8::/32']]) {
        const gateway = await startGateway(await database.create(), networks);
        const answer = await gateway.ask('GET', '/login');
        expect(refusalOf(answer)).toEqual(nothing);
        const owner = await gateway.ask('GET', '/login', {
          headers: { 'x-auth-token': gateway.server.organization.secretKey },
        });
        expect(refusalOf(owner)).toEqual(nothing);
        await gateway.close();
      }
    });

    it('a network that holds the address is enough, in either family', async () => {
      const gateway = await startGateway(await database.create(), ['2001:db8::/32', '127.0.0.0/8']);
      expect((await gateway.ask('GET', '/login')).status).toBe(200);
      await gateway.close();
    });
  });
}
