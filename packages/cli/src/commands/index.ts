import { requestOf } from '../client/input.ts';
import { itemsOf } from '../client/unreadable-answer.ts';
import { decode } from '../output/decode.ts';
import type { Result } from '../output/result.ts';
import { getApiKey } from './api-key-get.ts';
import { checkPermission } from './check.ts';
import { evaluateCondition } from './condition-evaluate.ts';
import type { Action, Run } from './context.ts';
import { explainDecision } from './explain.ts';
import { getPolicy } from './policy-get.ts';
import { previewPolicy } from './policy-preview.ts';
import { createRule, deleteRule } from './rules.ts';
import { initSshKey } from './ssh-key-init.ts';
import { listWhatCan } from './what-can.ts';

/** Commands that are more than one call, by operation. */
const actions: Readonly<Record<string, Action>> = {
  'apiKeys.get': getApiKey,
  'decisions.check': checkPermission,
  'decisions.evaluateCondition': evaluateCondition,
  'decisions.explain': explainDecision,
  'decisions.whatCan': listWhatCan,
  'policies.get': getPolicy,
  'policies.preview': previewPolicy,
  'rules.create': createRule,
  'rules.delete': deleteRule,
  'sshKeys.init': initSshKey,
};

export function actionOf(operation: string): Action {
  return actions[operation] ?? callAndShow;
}

/** The rule: one call, and what comes back is printed. */
async function callAndShow({ command, assignments, api, types }: Run): Promise<Result> {
  const request = requestOf(command, assignments);
  const { output } = command;
  switch (output.shape) {
    case 'success':
      await api.call(request);
      return {
        shape: 'success',
        message: `${output.noun} has been successfully deleted.`,
        resource: output.noun,
        verb: 'delete',
      };
    case 'object':
      return { shape: 'object', type: output.type, value: decode(await api.call(request), output.type, types) };
    case 'text':
      return { shape: 'text', text: JSON.stringify(await api.call(request)) };
    case 'list': {
      const items = command.call.paged
        ? await api.list(request, output.items)
        : itemsOf(await api.call(request), output.items);
      const rows = items.map((item) => decode(item, output.type, types));
      return { shape: 'list', type: output.type, rows, columns: output.columns };
    }
  }
}
