import type { Api } from '../client/api.ts';
import { bodyOf } from '../client/input.ts';
import { itemsOf } from '../client/unreadable-answer.ts';
import { bareError, CommandError } from '../command-error.ts';
import { typedText } from '../grammar/typed-text.ts';
import { decode } from '../output/decode.ts';
import type { Json, JsonObject, Result } from '../output/result.ts';
import type { Run } from './context.ts';

const path = '/iam/v1alpha1/rules';

/** All rules of a policy, in their order. */
export async function rulesOf(api: Api, policyId: string): Promise<readonly JsonObject[]> {
  const query = new URLSearchParams({ policy_id: policyId });
  return await api.list({ method: 'GET', path, query, body: undefined }, 'rules');
}

/** `iam rule create`: the API sets all rules of a policy at once, so the old ones are read and sent along. */
export async function createRule(run: Run): Promise<Result> {
  const policyId = policyOf(run);
  const kept = (await rulesOf(run.api, policyId)).map(specification);
  const inside = run.command.arguments.filter(({ wire }) => wire.path[0] === 'rules');
  // The arguments of one rule: their place in the body begins after `rules[]`.
  const bare = new Map(
    inside.map((argument) => [
      argument,
      { ...argument, wire: { ...argument.wire, path: argument.wire.path.slice(2) } },
    ]),
  );
  const given = run.assignments.flatMap((assignment) => {
    const argument = bare.get(assignment.argument);
    return argument === undefined ? [] : [{ ...assignment, argument }];
  });
  return await setRules(run, policyId, [...kept, bodyOf([...bare.values()], given)]);
}

/** `iam rule delete`: all rules but one are set again. */
export async function deleteRule(run: Run): Promise<Result> {
  const policyId = policyOf(run);
  const ruleId = typedText(run, 'rule-id') ?? '';
  const rules = await rulesOf(run.api, policyId);
  const kept = rules.filter(({ id }) => id !== ruleId);
  if (kept.length === rules.length) throw new CommandError(`rule ${ruleId} not found for given policy`);
  return await setRules(run, policyId, kept.map(specification));
}

function policyOf(run: Run): string {
  const policyId = typedText(run, 'policy-id') ?? '';
  if (policyId === '') throw bareError('field PolicyID cannot be empty in request');
  return policyId;
}

/** What a rule is made of, conditions included. */
function specification(rule: JsonObject): Json {
  const { id, permission_set_names, condition, project_ids, organization_id, account_root_user_id } = rule;
  if (account_root_user_id) {
    throw new CommandError(`rule ${id} has the account root user as its scope and cannot be set again`, {
      hint: 'Set all rules of the policy at once with: scw iam rule update',
    });
  }
  return {
    permission_set_names: permission_set_names ?? null,
    condition: condition ?? '',
    ...(organization_id ? { organization_id } : { project_ids: project_ids ?? [] }),
  };
}

async function setRules({ api, types }: Run, policyId: string, rules: readonly Json[]): Promise<Result> {
  const body = { policy_id: policyId, rules };
  const answer = await api.call({ method: 'PUT', path, query: new URLSearchParams(), body });
  const rows = itemsOf(answer, 'rules').map((rule) => decode(rule, 'Rule', types));
  return { shape: 'list', type: 'Rule', rows, columns: null };
}
