import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../client/file-problem.ts';
import { writeFileAtOnce } from '../client/yaml-file.ts';
import { createCalls } from '../organization/calls.ts';
import { counted } from '../organization/organization.ts';
import { readOrganization } from '../organization/read-organization.ts';
import { type Exported, toFile } from '../organization/to-file.ts';
import { toYamlText } from '../organization/to-yaml.ts';
import { toJson } from '../output/json.ts';
import type { Result } from '../output/result.ts';
import { oneLine } from '../output/values.ts';
import type { OwnRun } from './command.ts';
import { organizationOf } from './organization-of.ts';

/** `iam export`: an organization as a file that `iam apply` takes. */
export async function exportFile(run: OwnRun): Promise<Result> {
  const { flags, terminal, program, format } = run;
  const { api, configuration } = await run.connect();
  const id = organizationOf(run, configuration);
  const exported = toFile(await readOrganization(createCalls(api, program), id, run.startProgress()));
  for (const what of exported.leftOut) terminal.stderr.write(`Left out: ${oneLine(what)}.\n`);
  const { file } = exported;
  if (flags.file !== undefined && flags.file !== '-') {
    await replaceFile(flags.file, format.kind === 'json' ? toJson(file, format.pretty) : await toYamlText(exported));
    return { shape: 'success', message: `the file ${flags.file} holds ${numbers(exported)}` };
  }
  if (terminal.stderr.isTerminal) terminal.stderr.write(`${numbers(exported)}\n`);
  if (format.kind !== 'human') return { shape: 'object', type: 'OrganizationFile', value: file };
  return { shape: 'text', text: (await toYamlText(exported)).trimEnd() };
}

function numbers({ file }: Exported): string {
  const { projects = [], applications = [], groups = [], policies = [] } = file;
  const counts = [
    counted(projects.length, 'project'),
    counted(applications.length, 'application'),
    counted(groups.length, 'group'),
  ];
  return `${counts.join(', ')} and ${counted(policies.length, 'policy')}`;
}

/** Readers see the whole old file or the whole new one, at the end of a link too. Pipes and devices are written to. */
async function replaceFile(path: string, text: string): Promise<void> {
  const unwritable = (failure: unknown) => fileError(`write ${path}`, failure);
  try {
    const there = await stat(path).catch(() => null);
    if (there !== null && !there.isFile() && !there.isDirectory()) return await writeFile(path, text);
    // A folder that is not there is more likely mistyped than wanted.
    await stat(dirname(path));
    await writeFileAtOnce(
      path,
      text,
      { file: there === null ? 0o644 : there.mode & 0o777, folder: 0o755 },
      { unwritable },
    );
  } catch (failure) {
    throw unwritable(failure);
  }
}
