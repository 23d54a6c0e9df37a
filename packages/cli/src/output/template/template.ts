import {
  type CommandTable,
  type Field,
  type ObjectType,
  type Output,
  plainField,
} from '@bailiwick/contract/command-table';
import type { Json, Result } from '../result.ts';
import { applyTemplate } from './apply.ts';
import { checkTemplate } from './check.ts';
import { parseTemplate } from './parser.ts';
import type { Shape } from './shapes.ts';
import { objectValue, type Value } from './values.ts';

type Types = CommandTable['types'];

/** What `-o template=…` holds, in Go's syntax (docs/cli.md). */
export interface Template {
  /**
   * Checks the template against what a command prints.
   *
   * @throws CommandError
   */
  check(output: Output, types: Types): void;
  /** The texts for a result: one for each element of a list. It cannot fail once it was checked. */
  apply(result: Result, types: Types): readonly string[];
}

/** @throws CommandError of one line, with the position */
export function readTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  return {
    check: (output, types) => checkTemplate(source, nodes, shapeOf(output), { ...types, [success]: successType }),
    apply: (result, types) => valuesOf(result, types).map((value) => applyTemplate(nodes, value)),
  };
}

/** What templates see of a change without an answer. */
const success = 'success';
const successType: ObjectType = ['Message', 'Details', 'Resource', 'Verb'].map(textField);

function shapeOf(output: Output): Shape {
  switch (output.shape) {
    case 'object':
    case 'list':
      return { kind: 'object', type: output.type };
    case 'success':
      return { kind: 'object', type: success };
    case 'text':
      return { kind: 'text' };
  }
}

function valuesOf(result: Result, types: Types): readonly Value[] {
  switch (result.shape) {
    case 'object':
      return [objectValue(result.value, types[result.type] ?? [], types)];
    case 'list':
      return result.rows.map((row) => objectValue(row, types[result.type] ?? [], types));
    case 'success':
      return [successValue(result)];
    case 'text':
      return [result.text];
    case 'nothing':
      return [null];
  }
}

/** The message is made of the other two where there are any, so that it stands for nothing of its own then. */
function successValue({ message, resource = '', verb = '' }: Result & { readonly shape: 'success' }): Value {
  const texts: readonly Json[] = [resource === '' ? message : '', '', resource, verb];
  const fields = new Map(successType.map(({ field }, index) => [field, texts[index] as string]));
  return { kind: 'object', fields, json: { message, details: '' } };
}

function textField(name: string): Field {
  return { ...plainField, key: name.toLowerCase(), field: name, header: name.toUpperCase() };
}
