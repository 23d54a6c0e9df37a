import { Type } from 'typebox';
import { Choice, Flag, Text } from './fields.ts';

const Verdict = Choice(['true', 'false', 'error'], 'What it comes to; only true grants');

const ConditionProblem = Type.Object(
  {
    kind: Choice(
      ['syntax', 'meaning', 'limit'],
      'Whether it cannot be read, can never do what it says, or is too much',
    ),
    message: Text('What is wrong, and how to mend it'),
    line: Type.Integer({ minimum: 1, description: 'Line' }),
    column: Type.Integer({ minimum: 1, description: 'Character of the line' }),
  },
  { title: 'ConditionProblem' },
);

const ClauseTrial = Type.Object(
  {
    clause: Text('Part of the condition'),
    verdict: Verdict,
    decisive: Flag('Whether this part makes the condition false or an error'),
    values: Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      additionalProperties: true,
      description: 'Attributes that this part reads, null where there is none',
    }),
  },
  { title: 'ClauseTrial' },
);

/** What a condition would do. One that is wrong is an answer too. */
export const ConditionTrial = Type.Object(
  {
    valid: Flag('Whether a rule could be given this condition'),
    problems: Type.Array(ConditionProblem, { description: 'What is wrong with it' }),
    verdict: Type.Optional(Verdict),
    clauses: Type.Array(ClauseTrial, { description: 'The parts that all have to be true' }),
  },
  { title: 'ConditionTrial' },
);
