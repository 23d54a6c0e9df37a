import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runInProcess, type TypedAtTerminal } from './command-line.ts';
import { type Json, type Outcome, runBailiwick, type ServerProcess } from './server-process.ts';

/** An organization as somebody who has a key of it sees it. */
export interface Tenant {
  readonly id: string;
  readonly url: string;
  readonly secretKey: string;
  /** Runs a line of words in this process. */
  scw(words: readonly string[], input?: string | TypedAtTerminal): Promise<Outcome>;
  /** The same with other keys. */
  as(key: { readonly access_key: string; readonly secret_key: string }): Tenant;
  /** Puts a text into a file that `-f` can name. */
  file(text: string): string;
  /** The exported organization, read. */
  exported(): Promise<Json>;
  /** What `apply` would do, without doing it. */
  planned(file: string, ...more: readonly string[]): Promise<Json>;
}

let files = 0;

function tenant(server: ServerProcess, env: Readonly<Record<string, string>>, id: string, secretKey: string): Tenant {
  const own: Tenant = {
    id,
    url: server.url,
    secretKey,
    scw: (words, input) => runInProcess(env, words, input),
    as: ({ access_key, secret_key }) =>
      tenant(server, { ...env, SCW_ACCESS_KEY: access_key, SCW_SECRET_KEY: secret_key }, id, secret_key),
    file: (text) => {
      files += 1;
      const path = join(server.data, `file-${files}.yaml`);
      writeFileSync(path, text);
      return path;
    },
    exported: async () => {
      const { code, stdout, stderr } = await own.scw(['iam', 'export', '-o', 'json']);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    },
    planned: async (file, ...more) =>
      JSON.parse((await own.scw(['iam', 'apply', '-f', file, '-o', 'json', ...more])).stdout),
  };
  return own;
}

/** The organization that a server is born with, as its owner. */
export function firstTenant(server: ServerProcess): Tenant {
  const env = { HOME: server.data, SCW_CONFIG_PATH: server.configuration };
  return tenant(server, env, server.organizationId, server.secretKey);
}

/** One more organization, as its owner. */
export async function anotherTenant(server: ServerProcess, databaseUrl: string): Promise<Tenant> {
  const where = ['--data', server.data, '--database-url', databaseUrl];
  const { code, stdout, stderr } = await runBailiwick(['organization', 'create', '--name', 'another', ...where]);
  const path = /SCW_CONFIG_PATH=(\S+)/.exec(stdout)?.[1];
  if (code !== 0 || path === undefined) throw new Error(`${stdout}${stderr}`);
  const settings = parse(readFileSync(path, 'utf8'));
  const env = { HOME: server.data, SCW_CONFIG_PATH: path, SCW_API_URL: server.url };
  return tenant(server, env, settings.default_organization_id, settings.secret_key);
}
