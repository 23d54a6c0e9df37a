import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Outcome, type Setting, scw } from './cli.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A home folder of its own, in which nothing is configured by the environment. */
export interface Home {
  readonly folder: string;
  /** `~/.config/scw/config.yaml` */
  readonly path: string;
  run(line: string | readonly string[], setting?: Setting): Promise<Outcome>;
  /** Content of a file of the folder of the program; null where there is none. */
  read(name?: string): string | null;
  write(content: string, name?: string): string;
  /** Permissions as `chmod` takes them. */
  mode(path: string): string;
}

const nothing = {
  SCW_API_URL: undefined,
  SCW_ACCESS_KEY: undefined,
  SCW_SECRET_KEY: undefined,
  SCW_DEFAULT_ORGANIZATION_ID: undefined,
  SCW_DEFAULT_PROJECT_ID: undefined,
};

export function createHome(): Home {
  const folder = temporaryFolder('scw-home');
  const inFolder = (name: string) => join(folder, '.config', 'scw', name);
  return {
    folder,
    path: inFolder('config.yaml'),
    run: (line, setting = {}) => scw(line, { ...setting, env: { ...nothing, HOME: folder, ...setting.env } }),
    read: (name = 'config.yaml') => (existsSync(inFolder(name)) ? readFileSync(inFolder(name), 'utf8') : null),
    write: (content, name = 'config.yaml') => {
      const path = inFolder(name);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, content);
      chmodSync(path, 0o600);
      return path;
    },
    mode: (path) => (statSync(path).mode & 0o777).toString(8),
  };
}
