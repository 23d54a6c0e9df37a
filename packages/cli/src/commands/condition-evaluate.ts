import { requestOf } from '../client/input.ts';
import { decode } from '../output/decode.ts';
import type { Block, JsonObject, Result } from '../output/result.ts';
import { type Cell, oneLine, plain } from '../output/values.ts';
import type { Run } from './context.ts';
import { listed, valuesRead } from './explanation.ts';

/** The answer, rebuilt by `decode`; a service may leave out what is empty. */
interface Trial extends JsonObject {
  readonly valid: boolean;
  readonly problems: null | readonly { readonly message: string; readonly line: number; readonly column: number }[];
  readonly verdict?: string;
  readonly clauses:
    | null
    | readonly { readonly clause: string; readonly verdict: string; readonly values: JsonObject }[];
}

/** `iam condition evaluate`: what it comes to in a word, and what each part has to do with it; or what is wrong, and where. */
export async function evaluateCondition({ command, assignments, api, types }: Run): Promise<Result> {
  const answer = await api.call(requestOf(command, assignments));
  const value = decode(answer, 'ConditionTrial', types) as Trial;
  return { shape: 'object', type: 'ConditionTrial', value, page: pageOf(value) };
}

function pageOf({ valid, problems, verdict = '', clauses }: Trial): readonly Block[] {
  const head: Cell = valid ? painted(verdict) : { text: 'wrong', paint: 'red' };
  const blocks: readonly Block[] = [
    { title: null, rows: [[head]] },
    {
      title: 'Problems',
      rows: (problems ?? []).map(({ message, line, column }) => [
        plain(`line ${line}, column ${column}`),
        plain(oneLine(message)),
      ]),
    },
    {
      title: 'Parts',
      rows: (clauses ?? []).map(({ verdict: word, clause, values }) => {
        const read = valuesRead(values ?? {});
        return [
          painted(word),
          plain(oneLine(clause)),
          ...(read.length === 0 ? [] : [plain(oneLine(listed(read, 10)))]),
        ];
      }),
    },
  ];
  return blocks.filter(({ rows }) => rows.length > 0);
}

const painted = (verdict: string): Cell => ({ text: oneLine(verdict), paint: verdict === 'true' ? 'green' : 'red' });
