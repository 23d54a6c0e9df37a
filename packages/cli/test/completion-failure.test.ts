import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Setting } from './support/cli.ts';
import { ask, lists } from './support/completion.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const folder = temporaryFolder('scw-completion');
const file = (name: string, text: string, mode = 0o600) => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  return path;
};
const nobody = { SCW_ACCESS_KEY: undefined, SCW_SECRET_KEY: undefined };
const broken = file('broken.yaml', 'profiles: [}');

// `ask` itself demands success and silence.
describe('whatever is wrong, completion says nothing', () => {
  const settings: Readonly<Record<string, Setting>> = {
    'without credentials': { env: nobody },
    'with a key that is none': { env: { SCW_ACCESS_KEY: 'x' } },
    'without an address': { env: { SCW_API_URL: undefined } },
    'with a broken configuration file': { env: { SCW_CONFIG_PATH: broken } },
    'with a profile that does not exist': { env: { SCW_PROFILE: 'nothing' } },
    'where nobody listens': { env: { SCW_API_URL: 'http://127.0.0.1:9' } },
    'where no such host is': { env: { SCW_API_URL: 'http://nothing.invalid' } },
    'when the server refuses': { reply: () => ({ status: 403, body: { type: 'permissions_denied', details: [] } }) },
    'when the server fails': { reply: () => ({ status: 500, body: 'oops' }) },
    'when the answer is no JSON': { reply: () => ({ body: '<html>' }) },
    'when the answer is another': { reply: () => ({ body: { groups: 'none', total_count: 'x' } }) },
    'when the items are others': { reply: () => ({ body: { groups: [null, 1, [], { id: 7 }], total_count: 4 } }) },
  };
  for (const [name, setting] of Object.entries(settings)) {
    it(name, async () => {
      for (const shell of ['bash', 'zsh', 'fish']) {
        expect((await ask([shell, '--', 'scw iam group get '], setting)).stdout).toBe('');
      }
    });
  }

  it('to words that it does not understand', async () => {
    for (const words of [
      [],
      ['tcsh'],
      ['tcsh', '--', 'scw '],
      ['bash'],
      ['bash', '--'],
      ['zsh', '--', 'scw "iam '],
      ['fish', '--', 'scw --nothing=x --'],
    ]) {
      const { kind } = await ask(words);
      expect([undefined, 'words']).toContain(kind);
    }
  });

  it('about files that others may read, and with a debug log asked for', async () => {
    const config = file('open.yaml', 'send_telemetry: false\n', 0o644);
    const env = { SCW_CONFIG_PATH: config, SCW_DEBUG: 'true', SCW_INSECURE: 'perhaps' };
    const reply = lists({ groups: [{ id: 'group', name: 'ops' }] });
    expect((await ask(['fish', '--', 'scw -D iam group get '], { reply, env })).words).toEqual(['group\tops']);
  });

  it('and still knows commands with broken files', async () => {
    const env = { ...nobody, SCW_CONFIG_PATH: broken, SCW_CLI_CONFIG_PATH: broken };
    expect((await ask(['fish', '--', 'scw iam gro'], { env })).words[0]).toMatch(/^group\t/);
    expect((await ask(['fish', '--', 'scw -p '], { env })).words).toEqual([]);
  });

  it('waits a second for a server that does not answer', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const env = {
      SCW_API_URL: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : ''}`,
    };
    const start = performance.now();
    expect((await ask(['fish', '--', 'scw iam group get '], { env })).words).toEqual([]);
    const milliseconds = performance.now() - start;
    expect(milliseconds).toBeGreaterThan(900);
    expect(milliseconds).toBeLessThan(5000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
