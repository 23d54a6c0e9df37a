import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Field, plainField } from '@bailiwick/contract/command-table';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../src/command-error.ts';
import { readTemplate } from '../src/output/template/template.ts';

/** Templates and what Go prints for them, null where it fails; made by `main.go` beside them. */
const cases: readonly (readonly [template: string, printed: string | null])[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'go-templates', 'cases.json'), 'utf8'),
);

const field = (name: string, differing: Partial<Field> = {}): Field => ({
  ...{ ...plainField, key: name, field: name, header: name },
  ...differing,
});
const types = {
  Rule: [field('ID'), field('Names', { list: true, nullable: true })],
  Thing: [
    field('ID'),
    field('Name'),
    field('Nb', { type: 'integer' }),
    field('Flag', { type: 'boolean' }),
    field('Tags', { list: true }),
    field('Rules', { type: 'object', list: true, object: 'Rule' }),
    field('Policies', { type: 'map', list: true }),
  ],
};
const value = {
  ID: 'i"d',
  Name: 'né<&>',
  Nb: 42,
  Flag: true,
  Tags: ['a', 'b c'],
  Rules: [
    { ID: 'r1', Names: ['x'] },
    { ID: 'r2', Names: null },
  ],
  Policies: { b: ['2'], a: ['1', '3'] },
};

/** Null where it is refused before anything is sent. */
function print(source: string): string | null {
  try {
    const template = readTemplate(source);
    template.check({ shape: 'object', type: 'Thing' }, types);
    return template.apply({ shape: 'object', type: 'Thing', value }, types).join('');
  } catch (failure) {
    if (failure instanceof CommandError) return null;
    throw failure;
  }
}

/** What docs/cli.md says is refused. */
const isRefused = (template: string) =>
  /%# ?v/.test(template) ||
  /%(?:\[|!|z)/.test(template) ||
  (/%[^a-zA-Z]*[xXb]"/.test(template) && /" -?[\d.]+(?:e|\.|\d)*[.e]/.test(template)) ||
  /index ("|\.Name)/.test(template);
/** What docs/cli.md says is null. */
const isBeyondTheEnd = (template: string) => /^\{\{ index \.(?:Tags|Rules) (?:42|\.Nb) \}\}$/.test(template);

describe('templates beside those of Go', () => {
  it(`${cases.length} of them print the same, or are refused`, () => {
    const different = cases.filter(([template, printed]) => {
      const ours = print(template);
      if (isBeyondTheEnd(template)) return ours !== '<nil>';
      return isRefused(template) ? ours !== null && ours !== printed : ours !== printed;
    });
    expect(different.map(([template, printed]) => [template, printed, print(template)])).toEqual([]);
  });
});
