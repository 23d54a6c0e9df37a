import { bodyOf } from '../client/input.ts';
import { CommandError, exitCode } from '../command-error.ts';
import { typedText } from '../grammar/typed-text.ts';
import { decode } from '../output/decode.ts';
import { isObject, type JsonObject, type Result } from '../output/result.ts';
import type { Run } from './context.ts';

/** `iam check`: one question, one word. No is an answer, so it has an exit code of its own and no message. */
export async function checkPermission(run: Run): Promise<Result> {
  const { command, assignments, api, types } = run;
  const { permission: _, project_id, organization_id, ...asked } = bodyOf(command.arguments, assignments) as JsonObject;
  const question = {
    ...partsOf(typedText(run, 'permission') ?? ''),
    ...(project_id !== undefined && { project_id }),
    ...(organization_id !== undefined && { organization_id }),
  };
  const { method, path } = command.call;
  const body = { permissions: [question], ...asked };
  const { responses } = await api.call({ method, path, query: new URLSearchParams(), body });
  const [first] = Array.isArray(responses) ? responses : [];
  const value = decode(isObject(first) ? (first as JsonObject) : {}, 'Decision', types);
  // What is not understood is no.
  const allowed = value.decision === 'allow';
  return {
    shape: 'object',
    type: 'Decision',
    value,
    page: [{ title: null, rows: [[{ text: allowed ? 'allow' : 'deny', paint: allowed ? 'green' : 'red' }]] }],
    exitCode: allowed ? exitCode.success : exitCode.denied,
  };
}

function partsOf(permission: string): { readonly service: string; readonly name: string; readonly action: string } {
  const [service = '', name = '', action = '', ...more] = permission.split(':');
  if (service === '' || name === '' || action === '' || more.length > 0) {
    throw new CommandError(`invalid permission '${permission}'`, {
      hint: 'A permission is service:resource:action, as in iam:user:list',
    });
  }
  return { service, name, action };
}
