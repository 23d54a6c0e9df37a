import type { Configuration } from '../client/configuration.ts';
import { bareError, CommandError, exitCode } from '../command-error.ts';
import { isOn } from '../grammar/typed-text.ts';
import { findArrivals } from '../organization/arrivals.ts';
import { type Calls, createCalls } from '../organization/calls.ts';
import { type Execution, execute } from '../organization/execute.ts';
import type { Kind } from '../organization/organization.ts';
import { createOwnAccess, readCaller } from '../organization/own-access.ts';
import { readPermissionSets } from '../organization/permission-sets.ts';
import { makePlan, type Plan } from '../organization/plan.ts';
import { type ReadFile, readOrganizationFile } from '../organization/read-file.ts';
import { readOrganization } from '../organization/read-organization.ts';
import { countActions, reportOf } from '../organization/report.ts';
import { showPlan } from '../organization/show-plan.ts';
import { renderError } from '../output/error.ts';
import type { Result } from '../output/result.ts';
import { confirm } from '../terminal.ts';
import type { OwnRun } from './command.ts';
import { organizationOf } from './organization-of.ts';

/** How often a plan is made anew because things came meanwhile. */
const tries = 5;

/** `iam apply`: makes an organization what a file says, after showing what that takes. */
export async function applyFile(run: OwnRun): Promise<Result> {
  const { flags, terminal } = run;
  if (flags.file === undefined) {
    throw new CommandError('no file is given', { hint: 'Name it with -f FILE, or -f - for standard input.' });
  }
  const read = await readOrganizationFile(flags.file, terminal.stdin);
  const { api, configuration } = await run.connect();
  const calls = createCalls(api, run.program);
  const context: Context = { ...read, calls, configuration, organizationId: organizationOf(run, configuration) };
  for (let attempt = 1; ; attempt += 1) {
    const result = await applyOnce(run, context);
    if (!(result instanceof CommandError)) return result;
    // Nobody has read the plan: another one is as good.
    if (!flags.yes || attempt === tries) throw result;
  }
}

interface Context extends ReadFile {
  readonly calls: Calls;
  readonly configuration: Configuration;
  readonly organizationId: string;
}

/** @returns an error when the organization has changed since the plan was made and nothing was done */
async function applyOnce(run: OwnRun, context: Context): Promise<Result | CommandError> {
  const { flags, terminal } = run;
  const { file, refuse, calls, configuration, organizationId } = context;
  const organization = await readOrganization(calls, organizationId, run.startProgress());
  const permissionSets = await readPermissionSets(calls, organizationId, file);
  const made = makePlan({ file, organization, permissionSets, prune: flags.prune });
  if ('flaws' in made) throw refuse(made.flaws);
  const { plan } = made;
  const total = plan.changes.length;
  if (run.format.kind === 'human') terminal.stdout.write(showPlan(plan, flags.prune, run.painter));
  if (total === 0) return reported(run, plan, null, 'Nothing to change.');
  const isOwnAccess = createOwnAccess(await readCaller(calls, configuration.accessKey, organization), organization);
  const refusal = await consent(run, plan.changes.some(isOwnAccess));
  if (refusal !== null) return await refused(run, plan, null, refusal);
  const [arrival] = await findArrivals(calls, organization, plan.changes);
  if (arrival !== undefined) return changedMeanwhile(arrival);
  const progress = run.startProgress();
  const onDone = (done: number) => progress.show(done, total);
  const execution = await execute(plan, { calls, organizationId, isOwnAccess, onDone }).finally(progress.clear);
  if (execution.failures.length > 0) return await refused(run, plan, execution, failureOf(execution));
  const { create, change, delete: gone } = countActions(plan.changes);
  return reported(run, plan, execution, `Done: ${create} created, ${change} changed, ${gone} deleted.`);
}

function changedMeanwhile({ kind, name }: { readonly kind: Kind; readonly name: string }): CommandError {
  return new CommandError(`the organization has changed meanwhile: the ${kind} ${name} is there now`, {
    hint: 'Nothing was changed. Run it again to see what is left to do.',
  });
}

/** Why nothing may be done; null for a yes. */
async function consent(run: OwnRun, isAboutOwnAccess: boolean): Promise<CommandError | null> {
  const { flags, terminal, format } = run;
  const hasOwnAccess = isOn(run, 'own-access');
  const isSeen = terminal.stdin.isTTY === true && terminal.stderr.isTerminal;
  const canAsk = format.kind === 'human' && isSeen && flags.file !== '-';
  const ownAccess = new CommandError('the plan takes away or changes what gives you your own access', {
    hint: 'If that is what you want, add own-access=true.',
  });
  if (!flags.yes) {
    if (!canAsk) {
      const hint = `Look at the plan, then do it with --yes${isAboutOwnAccess ? ' and own-access=true' : ''}.`;
      return new CommandError('nothing was changed: there is nobody to say yes', { hint });
    }
    if (!(await confirm(terminal, 'Do this?', { whenEmpty: false }))) return bareError('nothing was changed');
  }
  if (!isAboutOwnAccess || hasOwnAccess) return null;
  if (flags.yes || !canAsk) return ownAccess;
  const question = 'Part of it takes away or changes what gives you your own access. Do that too?';
  return (await confirm(terminal, question, { whenEmpty: false })) ? null : bareError('nothing was changed');
}

function failureOf({ outcomes, failures }: Execution): CommandError {
  const count = (wanted: string) => [...outcomes.values()].filter((outcome) => outcome === wanted).length;
  const details = failures.map(({ change, error }) => {
    const more = error.details === null ? '' : `: ${error.details.replace(/^- /gm, '').replaceAll('\n', '; ')}`;
    const changed = isOfAnotherHand(error) ? ' (somebody else changed the organization meanwhile)' : '';
    return `- ${change.kind} ${change.name}: ${error.message}${more}${changed}`;
  });
  return new CommandError(
    `not everything worked: ${count('done')} done, ${count('failed')} failed, ${count('left')} not begun`,
    { details: details.join('\n'), hint: 'What is done stays done. Mend the cause, then run it again for the rest.' },
  );
}

/** What was there when the plan was made is gone, or what was not is there. */
function isOfAnotherHand({ api, message }: CommandError): boolean {
  if (typeof api !== 'object' || api === null || Array.isArray(api)) return false;
  return ('type' in api && api.type === 'already_exists') || message.startsWith('cannot find resource');
}

function reported(run: OwnRun, plan: Plan, execution: Execution | null, text: string): Result {
  if (run.format.kind === 'human') return { shape: 'text', text };
  return { shape: 'object', type: 'ApplyReport', value: reportOf(plan, execution) };
}

/** Programs get the report on standard output beside the error. */
async function refused(run: OwnRun, plan: Plan, execution: Execution | null, error: CommandError): Promise<Result> {
  if (run.format.kind === 'human') throw error;
  run.terminal.stderr.write(await renderError(error, run.format, run.painter));
  const value = reportOf(plan, execution);
  return { shape: 'object', type: 'ApplyReport', value, exitCode: exitCode.failure };
}
