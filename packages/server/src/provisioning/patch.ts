import { type Path, readPath } from './path.ts';
import { ScimError, shownValue } from './refusal.ts';
import { attributeOf, type Complex, isComplex, listOf } from './values.ts';

/** One thing to do to one attribute. */
export interface Step {
  readonly op: 'Add' | 'Replace' | 'Remove';
  readonly path: Path;
  /** Undefined where none was sent. */
  readonly value: unknown;
}

/** More than any directory sends at once. */
const maximumSteps = 1000;
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const words = new Map<string, Step['op']>([
  ['add', 'Add'],
  ['replace', 'Replace'],
  ['remove', 'Remove'],
]);

/**
 * The steps of a PATCH, in their order (RFC 7644, section 3.5.2). What is sent without a path becomes a step for each of its
 * attributes, whose names may be paths: Entra ID sends `{"name.givenName": "Ada"}`, and words such as `Add`.
 *
 * @throws ScimError
 */
export function readPatch(document: Complex): readonly Step[] {
  const schemas = attributeOf(document, 'schemas');
  if (schemas !== undefined && !(Array.isArray(schemas) && schemas.includes(patchSchema)))
    throw new ScimError('invalidSyntax', `schemas must hold ${patchSchema}`);
  const operations = attributeOf(document, 'operations');
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ScimError('invalidSyntax', 'Operations must be a list of at least one operation');
  const steps = operations.length > maximumSteps ? [] : listOf(operations, 'Operations').flatMap(stepsOf);
  if (operations.length > maximumSteps || steps.length > maximumSteps)
    throw new ScimError('invalidValue', `a PATCH may have ${maximumSteps} operations: send more of them`);
  return steps;
}

function stepsOf(operation: Complex): readonly Step[] {
  const word = attributeOf(operation, 'op');
  const op = typeof word === 'string' ? words.get(word.toLowerCase()) : undefined;
  if (op === undefined)
    throw new ScimError('invalidSyntax', `op must be add, replace or remove, not ${shownValue(word)}`);
  const path = attributeOf(operation, 'path');
  const value = attributeOf(operation, 'value');
  if (typeof path === 'string' && path !== '') return [{ op, path: readPath(path), value }];
  if (path !== undefined && path !== null && path !== '')
    throw new ScimError('invalidPath', `path must be a text, not ${shownValue(path)}`);
  if (op === 'Remove') throw new ScimError('invalidPath', 'what is to be removed must be named by a path');
  return stepsIn(op, value);
}

/** A step for each attribute of a value: of one without a path, or of a whole resource. */
export function stepsIn(op: Step['op'], value: unknown): readonly Step[] {
  if (!isComplex(value))
    throw new ScimError('invalidValue', `without a path, value must be an object, not ${shownValue(value)}`);
  return Object.entries(value).map(([name, inner]) => ({ op, path: readPath(name), value: inner }));
}

/** @throws ScimError `invalidPath`: never in silence, so that the directory's administrator sees it */
export function unsupported({ op, path }: Step): ScimError {
  return new ScimError('invalidPath', `unsupported path for operation ${op}: ${path.text.slice(0, 200)}`);
}
