import type { Painter } from '../output/layout.ts';
import { oneLine, type Paint } from '../output/values.ts';
import type { FieldChange } from './facets.ts';
import type { Existing } from './organization.ts';
import { counted, kinds } from './organization.ts';
import type { Change, Plan } from './plan.ts';
import { countActions } from './report.ts';

const marks: Readonly<Record<Change['action'], { readonly sign: string; readonly paint: Paint }>> = {
  create: { sign: '+', paint: 'green' },
  change: { sign: '~', paint: 'blue' },
  delete: { sign: '-', paint: 'red' },
};

/** A plan for people: a line for each thing, its fields below, the numbers at the end. */
export function showPlan({ changes, beside }: Plan, prune: boolean, painter: Painter): string {
  const lines = changes.flatMap((change) => [title(change, painter), ...change.fields.flatMap(fieldLines(painter))]);
  const { create, change, delete: gone } = countActions(changes);
  const numbers = `Plan: ${create} to create, ${change} to change, ${gone} to delete.`;
  return [...lines, ...(lines.length > 0 ? ['', painter(numbers, 'bold')] : []), ...besideLines(beside, prune)]
    .map((line) => `${line}\n`)
    .join('');
}

function title({ action, kind, name, apiKeys }: Change, painter: Painter): string {
  const { sign, paint } = marks[action];
  const keys = apiKeys === 0 ? '' : ` with ${apiKeys === 1 ? 'its API key' : `its ${apiKeys} API keys`}`;
  const sshKeys = action === 'delete' && kind === 'project' ? ' with its SSH keys' : '';
  return painter(`${sign} ${kind} ${oneLine(name)}${keys}${sshKeys}`, paint);
}

function fieldLines(painter: Painter): (change: FieldChange) => readonly string[] {
  return ({ field, old, new: now }) => {
    if (singleFields.has(field)) {
      const shown = now.length === 0 ? '(none)' : quoted(now[0] ?? '');
      return [`    ${field}: ${old.length === 0 ? shown : `${quoted(old[0] ?? '')} → ${shown}`}`];
    }
    return [
      `    ${field}:`,
      ...without(old, now).map((text) => painter(`      - ${oneLine(text)}`, 'red')),
      ...without(now, old).map((text) => painter(`      + ${oneLine(text)}`, 'green')),
    ];
  };
}

const singleFields: ReadonlySet<string> = new Set(['name', 'description', 'attached_to']);

function quoted(text: string): string {
  return JSON.stringify(oneLine(text));
}

/** What the first list has more of. */
function without(texts: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return texts.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function besideLines(beside: readonly Existing[], prune: boolean): readonly string[] {
  if (beside.length === 0) return [];
  const numbers = kinds.flatMap((kind) => {
    const count = beside.filter((one) => one.kind === kind).length;
    return count === 0 ? [] : [counted(count, kind)];
  });
  const why = prune ? 'cannot be deleted and stay' : 'stay; --prune would delete those that may be deleted';
  return [`Not in the file: ${numbers.join(', ')}. They ${why}.`];
}
