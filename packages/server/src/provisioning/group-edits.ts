import { contract } from '@bailiwick/contract';
import { createReader } from '../http/parse.ts';
import { type Step, stepsIn, unsupported } from './patch.ts';
import { invalidValue, ScimError, shownValue } from './refusal.ts';
import { externalIdOf } from './user-edits.ts';
import { attributeOf, type Complex, isUnassigned, listOf, textOf } from './values.ts';

/**
 * What is to become of a group, without a look at who is in it: a group of thousands is not read to add one. Whoever is in
 * none of both sets stays as it is, or goes where everybody else does.
 */
export interface GroupEdits {
  displayName?: string;
  externalId?: string | null;
  /** Everybody else goes. */
  emptied: boolean;
  readonly added: Set<string>;
  readonly removed: Set<string>;
}

const noEdits = (): GroupEdits => ({ emptied: false, added: new Set(), removed: new Set() });

/** What the steps of a PATCH come to. @throws ScimError */
export function groupEditsOf(steps: readonly Step[], id: string): GroupEdits {
  const edits = noEdits();
  for (const step of steps) edit(edits, step, id);
  return edits;
}

/** The same of a whole resource, which names all of its members; what we know nothing of is passed over. */
export function groupEditsIn(document: Complex, id?: string): GroupEdits {
  const edits: GroupEdits = { ...noEdits(), externalId: null, emptied: true };
  const known = Object.entries(document).filter(([name]) => /^(?:id|displayname|externalid|members)$/i.test(name));
  for (const step of stepsIn('Replace', Object.fromEntries(known))) edit(edits, step, id);
  if (edits.displayName === undefined) throw invalidValue('displayName must have a value');
  return edits;
}

function edit(edits: GroupEdits, step: Step, id: string | undefined): void {
  const { path, op } = step;
  const value = op === 'Remove' || isUnassigned(step.value) ? undefined : step.value;
  if (path.attribute === 'members') {
    editMembers(edits, step);
    return;
  }
  if (path.sub !== undefined || path.where !== undefined) throw unsupported(step);
  switch (path.attribute) {
    case 'schemas':
    case 'meta':
      return;
    case 'id':
      if (id === undefined || value === id) return;
      throw new ScimError('mutability', 'the id of a group stays as it is');
    case 'displayname':
      if (value === undefined) throw invalidValue('displayName must have a value');
      edits.displayName = validName(textOf(value, 'displayName'));
      return;
    case 'externalid':
      edits.externalId = externalIdOf(value);
      return;
    default:
      throw unsupported(step);
  }
}

function editMembers(edits: GroupEdits, step: Step): void {
  const { op, path, value } = step;
  if (path.sub !== undefined) throw unsupported(step);
  const named = path.where && [memberNamed(step, path.where)];
  if (named !== undefined && op !== 'Remove') throw unsupported(step);
  const ids = named ?? memberIds(value);
  if (op === 'Replace' || (op === 'Remove' && named === undefined && isUnassigned(value))) {
    edits.emptied = true;
    edits.added.clear();
    edits.removed.clear();
  }
  const [into, outOf] = op === 'Remove' ? [edits.removed, edits.added] : [edits.added, edits.removed];
  for (const id of ids) {
    into.add(id);
    outOf.delete(id);
  }
}

/** `members[value eq "…"]` */
function memberNamed(step: Step, { attribute, value }: NonNullable<Step['path']['where']>): string {
  if (attribute !== 'value' || typeof value !== 'string') throw unsupported(step);
  return value.toLowerCase();
}

function memberIds(value: unknown): readonly string[] {
  if (isUnassigned(value)) return [];
  return listOf(value, 'members').map((each) => {
    const id = attributeOf(each, 'value');
    if (typeof id !== 'string')
      throw invalidValue(`a member must have a value, which is the id of a user: ${shownValue(each)}`);
    const type = attributeOf(each, 'type');
    if (type !== undefined && type !== null && type !== 'User')
      throw invalidValue(`groups hold users, not ${shownValue(type)}: nested groups are not supported`);
    return id.toLowerCase();
  });
}

/** By the rule of the API for names of groups. */
const readGroup = createReader<unknown>(contract.groups.update.body);

function validName(name: string): string {
  const [fault] = readGroup({ name }).wrong;
  if (fault) throw invalidValue(`displayName: ${fault.help_message}`);
  return name;
}
