import { type AccessChange, type PolicyChange, previewPolicy } from '@bailiwick/authz';
import { invalidArgument, longestShownCondition, shownOfPreview } from '@bailiwick/contract';
import type { Context, Handler } from '../context.ts';
import { lookUpNames, type Names } from '../decisions/names.ts';
import { inPieces } from '../in-pieces.ts';
import { readSpecifications } from '../rules/specification.ts';
import { ruleFact } from '../rules/store.ts';
import { readPrincipal } from './principal.ts';
import { assertDeletable, assertEditable, assertRulesEditable } from './protection.ts';
import { getPolicy, nobody, type PolicyRow, type Principal } from './store.ts';

type Input = Parameters<Handler<'policies.preview'>>[1];

/** Tells what a change would do, refusing what saving it would refuse for what is said; nothing is changed. */
export const preview: Handler<'policies.preview'> = async (context, input) => {
  const differences = await inPieces(previewPolicy(context.organization, await readChange(context, input)));
  const shown = differences.slice(0, shownOfPreview.changes).map(({ principals, gains, losses }) => ({
    principals: principals.slice(0, shownOfPreview.principals),
    principal_count: principals.length,
    gains: gains.slice(0, shownOfPreview.gains),
    gain_count: gains.length,
    losses: losses.slice(0, shownOfPreview.gains),
    loss_count: losses.length,
  }));
  const names = await lookUpNames(context, context.organization, {
    principals: shown.flatMap(({ principals }) => principals.map(({ id }) => id)),
    groups: [],
    projects: shown.flatMap(({ gains, losses }) =>
      [...gains, ...losses].flatMap(({ projectIds, exceptProjectIds }) => [
        ...firstProjects(projectIds),
        ...firstProjects(exceptProjectIds),
      ]),
    ),
  });
  const countOf = (those: 'gains' | 'losses') =>
    differences.reduce((sum, each) => sum + (each[those].length === 0 ? 0 : each.principals.length), 0);
  return {
    changes: shown.map(({ principals, gains, losses, ...counts }) => ({
      ...counts,
      principals: principals.map(({ kind, id }) => ({ type: kind, id, name: names.principal(id) })),
      gains: gains.map((change) => describe(change, names)),
      losses: losses.map((change) => describe(change, names)),
    })),
    total_count: differences.length,
    gaining_count: countOf('gains'),
    losing_count: countOf('losses'),
  };
};

/** The change in the words of the engine, checked as the operations check it that would make it. */
async function readChange({ storage, scope, organization, ...context }: Context, input: Input): Promise<PolicyChange> {
  const { policy_id: id, rules, remove: isRemoval } = input;
  if (isRemoval && id === undefined) {
    throw invalidArgument('policy_id', 'required', 'the policy that would be deleted has to be named');
  }
  const policy = id === undefined ? null : await getPolicy(storage.db, scope, id);
  if (policy && isRemoval) {
    assertDeletable(policy);
    return { id: policy.id, fact: null };
  }
  const principal = await readPrincipal({ db: storage.db, scope }, input);
  if (policy && principal) assertEditable(policy);
  if (policy && rules) assertRulesEditable(policy);
  const specified = rules && (await readSpecifications(context, storage.db, scope, rules)).map(ruleFact);
  const known = organization.policies.get(policy?.id ?? '')?.rules.map(({ fact }) => fact);
  return {
    id: policy?.id ?? context.ids.uuid(),
    fact: { principalId: idOf(principal ?? policy ?? nobody), rules: specified ?? known ?? [] },
  };
}

const idOf = ({ user_id, group_id, application_id }: Principal | PolicyRow): string | null =>
  user_id ?? group_id ?? application_id;

const firstProjects = (ids: readonly string[]) => ids.slice(0, shownOfPreview.projects);

function describe(change: AccessChange, names: Names) {
  const { permissions, where, projectIds, exceptProjectIds, before, after } = change;
  const named = (ids: readonly string[]) => firstProjects(ids).map((id) => ({ id, name: names.project(id) }));
  return {
    permissions: permissions.slice(0, shownOfPreview.permissions),
    permission_count: permissions.length,
    where,
    projects: named(projectIds),
    project_count: projectIds.length,
    except_projects: named(exceptProjectIds),
    except_count: exceptProjectIds.length,
    before: describeAccess(before),
    after: describeAccess(after),
  };
}

function describeAccess(access: boolean | string) {
  if (typeof access === 'boolean') return { when: access ? ('always' as const) : ('never' as const) };
  const characters = [...access];
  const isLong = characters.length > longestShownCondition;
  const condition = isLong ? `${characters.slice(0, longestShownCondition - 2).join('')} …` : access;
  return { when: 'condition' as const, condition };
}
