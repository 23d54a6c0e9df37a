import type { Decision } from '@bailiwick/authz';
import { type InvalidArgument, invalidArguments } from '@bailiwick/contract';
import type { Context, Handler } from '../context.ts';
import { assertSizes, readEvaluation } from './entities.ts';
import { noMapping } from './mapped.ts';
import { type Asking, evaluate } from './questions.ts';

export const evaluation: Handler<'authzen.evaluation'> = async (context, question) => {
  assertSizes(question);
  return answer(evaluate(askingIn(context), question));
};

export const evaluations: Handler<'authzen.evaluations'> = async (
  context,
  { evaluations: items, options, ...defaults },
) => {
  const asking = askingIn(context);
  assertSizes(defaults);
  if (items === undefined || items.length === 0) {
    const read = readEvaluation({}, defaults);
    if ('wrong' in read) throw invalidArguments(read.wrong);
    return answer(evaluate(asking, read.evaluation));
  }
  const last = decisive[options?.evaluations_semantic ?? 'execute_all'];
  const answers: Answer[] = [];
  for (const item of items) {
    const read = readEvaluation(item, defaults);
    const given = 'wrong' in read ? broken(read.wrong) : answer(evaluate(asking, read.evaluation));
    answers.push(given);
    if (given.decision === last) break;
  }
  return { evaluations: answers };
};

/** The decision after which the rest of a batch is not looked at. */
const decisive = { execute_all: null, deny_on_first_deny: false, permit_on_first_permit: true } as const;

interface Answer {
  decision: boolean;
  context?: { reason?: string; error?: { status: number; message: string } };
}

/** A refusal says in a word why; never by which rules. */
function answer({ allowed, because }: Decision): Answer {
  return allowed ? { decision: true } : { decision: false, context: { reason: because } };
}

/** What would be a 400 of its own, when it stands alone. */
function broken([first]: readonly InvalidArgument[]): Answer {
  const message = first ? `${first.argument_name}: ${first.help_message}` : 'this is no question';
  return { decision: false, context: { error: { status: 400, message } } };
}

/** The caller's organization, and the words of it. */
export function askingIn({ organization, settings, caller, clock }: Context): Asking {
  const mapping = settings.authzen().get(organization.id) ?? noMapping;
  return { organization, mapping, caller, now: clock.now() };
}
