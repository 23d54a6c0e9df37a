import { promises } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { generatedName } from '../grammar/generated-name.ts';
import type { Result } from '../output/result.ts';
import { confirm } from '../terminal.ts';
import type { Run } from './context.ts';

const path = '/iam/v1alpha1/ssh-keys';
const files = ['id_ecdsa.pub', 'id_ed25519.pub', 'id_rsa.pub'];
const none = new URLSearchParams();

/** `iam ssh-key init`: adds the key of the home folder to the default project, unless it is there already. */
export async function initSshKey({
  api,
  configuration,
  env,
  terminal,
}: Pick<Run, 'api' | 'configuration' | 'env' | 'terminal'>): Promise<Result> {
  const found = await firstKey(env.HOME || env.USERPROFILE || '');
  const createLine = 'scw iam ssh-key create public-key=@~/.ssh/id_ed25519.pub'.replace('~', env.HOME ?? '~');
  if (found === null) {
    throw new CommandError('could not find an SSH key at ~/.ssh/id_rsa.pub', {
      hint: `Make one with ssh-keygen, or add another file with: ${createLine}`,
    });
  }
  const shown = `~/.ssh/${found.file}`;
  const keys = await api.list({ method: 'GET', path, query: none, body: undefined }, 'ssh_keys');
  if (keys.some(({ public_key }) => withoutComment(String(public_key)) === withoutComment(found.content))) {
    if (terminal.stderr.isTerminal) terminal.stderr.write(`${shown} is there already.\n`);
    return { shape: 'nothing' };
  }
  if (!(await confirm(terminal, `Add the SSH key ${shown} to your project?`))) {
    throw new CommandError('installation of SSH key canceled', { hint: `Add it later with: ${createLine}` });
  }
  const body = { name: generatedName('key'), public_key: found.content, project_id: configuration.project ?? '' };
  await api.call({ method: 'POST', path, query: none, body });
  return { shape: 'success', message: `Key ${shown} successfully added` };
}

/** Type and key: the service does not keep comments. */
function withoutComment(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

async function firstKey(home: string): Promise<{ readonly file: string; readonly content: string } | null> {
  for (const file of files) {
    try {
      return { file, content: await promises.readFile(join(home, '.ssh', file), 'utf8') };
    } catch {
      // The next one may be readable.
    }
  }
  return null;
}
