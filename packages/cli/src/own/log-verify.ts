import type { KeyObject } from 'node:crypto';
import type { SignedLogHead } from '@bailiwick/contract/log-tree';
import { CommandError, exitCode } from '../command-error.ts';
import { typedText } from '../grammar/typed-text.ts';
import { loadRemembered, rememberedPath, saveRemembered } from '../log/remembered.ts';
import { createLogService, type LogService } from '../log/service.ts';
import { type Verification, verifyLog } from '../log/verify.ts';
import type { Result, Section } from '../output/result.ts';
import type { OwnRun } from './command.ts';
import { organizationOf } from './organization-of.ts';
import { sourceOf } from './source.ts';

/** `iam log verify`: recomputes the log of an organization and tells whether it is as it was signed, and as it was before. */
export async function verifyOrganizationLog(run: OwnRun): Promise<Result> {
  const { api, configuration } = await run.connect();
  const organizationId = organizationOf(run, configuration);
  const path = rememberedPath(typedText(run, 'state-file'), sourceOf(run));
  const heads = await loadRemembered(path);
  // By the organization alone: behind another address it is the same log.
  const remembered = heads.get(organizationId) ?? null;
  const service = createLogService(api, organizationId);
  const key = await keyOf(service, typedText(run, 'key-id') || remembered?.key_id);
  const progress = run.startProgress();
  const onProgress = (read: number, total: number) => progress.show(read, total);
  const found = await verifyLog(service, { organizationId, key, remembered, onProgress }).finally(progress.clear);
  if (found.faults.length === 0) await saveRemembered(path, new Map([...heads, [organizationId, found.head]]));
  return resultOf(found, remembered);
}

/** @throws CommandError when heads are signed with another key than that which is expected */
async function keyOf(service: LogService, expected: string | undefined): Promise<KeyObject> {
  const { key_id: used } = await service.head();
  const wanted = expected ?? used;
  if (wanted !== used)
    throw new CommandError(`the log is signed with another key than before: ${used} in place of ${wanted}`, {
      hint: 'Whoever runs the service can tell whether the key was changed; if it was, add key-id= with the new one.',
    });
  const key = (await service.keys()).get(wanted);
  if (key === undefined) throw new CommandError(`the service does not show the key that signs the log, ${wanted}`);
  return key;
}

function resultOf({ head, faults }: Verification, remembered: SignedLogHead | null): Result {
  const value = {
    verified: faults.length === 0,
    organization_id: head.organization_id,
    entries: head.tree_size,
    adopted: head.adopted_size,
    removed: head.removed_size,
    verified_before: remembered?.tree_size ?? 0,
    root_hash: head.root_hash,
    signed_at: head.signed_at,
    key_id: head.key_id,
    faults: faults.map(({ revision, problem }) => ({ entry: revision, problem })),
  };
  // Their table is easier to read than their members below one another.
  const log: Section = { title: 'Log', type: 'LogVerification', value: { ...value, faults: [] } };
  const found: Section = { title: 'Faults', type: 'LogFault', rows: value.faults };
  return {
    shape: 'object',
    type: 'LogVerification',
    value,
    sections: faults.length > 0 ? [log, found] : [log],
    exitCode: faults.length === 0 ? exitCode.success : exitCode.failure,
  };
}
