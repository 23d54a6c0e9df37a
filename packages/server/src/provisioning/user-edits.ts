import { type Step, stepsIn, unsupported } from './patch.ts';
import { invalidValue, ScimError } from './refusal.ts';
import { attributeOf, type Complex, flagOf, isUnassigned, listOf, textOf } from './values.ts';

/** What a directory may say of a member, in its own words. */
export interface Profile {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phoneNumber: string;
  /** As it is kept: `en_US`. */
  readonly locale: string;
  readonly externalId: string | null;
  readonly active: boolean;
}

/** What of it is to be changed. */
export type Edits = { -readonly [K in keyof Profile]?: Profile[K] };

const maximumExternalId = 255;

/**
 * What the steps of a PATCH come to.
 *
 * @param id of the member, which some directories send along
 * @throws ScimError for what cannot be kept, by its name
 */
export function editsOf(steps: readonly Step[], id: string): Edits {
  const edits: Edits = {};
  for (const step of steps) edit(edits, step, id);
  return edits;
}

/** The same of a whole resource; what we know nothing of is passed over there. */
export function editsIn(document: Complex, id?: string): Edits {
  const edits: Edits = {};
  const known = Object.entries(document).filter(([name]) => readable.test(name));
  for (const step of stepsIn('Replace', Object.fromEntries(known))) {
    if (step.path.attribute === 'name' && !isUnassigned(step.value)) editName(edits, step, 'passes over');
    else edit(edits, step, id);
  }
  return edits;
}

const readable = /^(?:id|username|name|emails|phonenumbers|externalid|locale|preferredlanguage|active)$/i;

function edit(edits: Edits, step: Step, id: string | undefined): void {
  const { path, op } = step;
  const value = op === 'Remove' || isUnassigned(step.value) ? undefined : step.value;
  const optional = (name: string) => (value === undefined ? '' : textOf(value, name));
  if (path.where && path.attribute !== 'emails' && path.attribute !== 'phonenumbers') throw unsupported(step);
  switch (path.sub === undefined ? path.attribute : `${path.attribute}.${path.sub}`) {
    case 'schemas':
    case 'meta':
      return;
    case 'id':
      if (id === undefined || value === id) return;
      throw new ScimError('mutability', 'the id of a user stays as it is');
    case 'username':
      edits.userName = required(value, 'userName');
      return;
    case 'name':
      if (value === undefined) Object.assign(edits, { givenName: '', familyName: '' });
      else editName(edits, step, 'refuses');
      return;
    case 'name.givenname':
      edits.givenName = optional('name.givenName');
      return;
    case 'name.familyname':
      edits.familyName = optional('name.familyName');
      return;
    case 'emails':
    case 'emails.value':
      edits.email = required(ofWork(step, value), 'emails');
      return;
    case 'phonenumbers':
    case 'phonenumbers.value':
      edits.phoneNumber = value === undefined ? '' : textOf(ofWork(step, value), 'phoneNumbers');
      return;
    case 'externalid':
      edits.externalId = externalIdOf(value);
      return;
    // Both are one thing here; the language is only asked for where nothing says more.
    case 'preferredlanguage':
      edits.locale ??= optional('preferredLanguage').replaceAll('-', '_');
      return;
    case 'locale':
      edits.locale = optional('locale').replaceAll('-', '_');
      return;
    case 'active':
      edits.active = flagOf(value, 'active');
      return;
    default:
      // Of the one address and number, what makes it the one is fixed.
      if (/^(?:emails|phonenumbers)\.(?:type|primary|display)$/.test(`${path.attribute}.${path.sub}`)) return;
      throw unsupported(step);
  }
}

function editName(edits: Edits, { op, path, value }: Step, others: 'refuses' | 'passes over'): void {
  for (const step of stepsIn(op, value)) {
    const inner = { ...step, path: { ...step.path, text: `${path.text}.${step.path.text}`, sub: step.path.attribute } };
    const name = { ...inner, path: { ...inner.path, attribute: 'name' } };
    if (others === 'refuses' || /^(?:given|family)name$/.test(step.path.attribute)) edit(edits, name, undefined);
  }
}

/** @throws ScimError `invalidValue` */
export function externalIdOf(value: unknown): string | null {
  if (isUnassigned(value) || value === '') return null;
  const id = textOf(value, 'externalId');
  if (id.length > maximumExternalId) throw invalidValue(`externalId may have ${maximumExternalId} characters`);
  return id;
}

function required(value: unknown, attribute: string): string {
  if (value === undefined || value === '') throw invalidValue(`${attribute} must have a value`);
  return textOf(value, attribute);
}

/** The value that is kept of several: the primary one, else that for work, else the first. */
function ofWork(step: Step, value: unknown): unknown {
  const { where, sub, text } = step.path;
  const isTheOne =
    where === undefined ||
    (where.attribute === 'type' && where.value === 'work') ||
    (where.attribute === 'primary' && where.value === true);
  if (!isTheOne) throw unsupported(step);
  if (value === undefined || sub === 'value') return value;
  const all = listOf(value, text);
  const one =
    all.find((each) => attributeOf(each, 'primary') === true) ??
    all.find((each) => attributeOf(each, 'type') === 'work') ??
    all[0];
  return one && attributeOf(one, 'value');
}
