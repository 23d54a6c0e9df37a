import { requestOf } from '../client/input.ts';
import { decode } from '../output/decode.ts';
import type { JsonObject, Result } from '../output/result.ts';
import type { Run } from './context.ts';
import { rulesOf } from './rules.ts';

/** `iam policy get`: the policy and, under `Rules`, its rules. */
export async function getPolicy(run: Run): Promise<Result> {
  const answer = await run.api.call(requestOf(run.command, run.assignments));
  const rules = (await rulesOf(run.api, String(answer.id))).map((rule) => decode(rule, 'Rule', run.types));
  const value: JsonObject = { ...decode(answer, 'Policy', run.types), Rules: rules };
  return {
    shape: 'object',
    type: 'PolicyWithRules',
    value,
    sections: [
      { title: 'Policy', type: 'Policy', value },
      { title: 'Rules', type: 'Rule', rows: rules },
    ],
  };
}
