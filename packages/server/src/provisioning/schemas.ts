import { groupSchema } from './groups.ts';
import { userSchema } from './user-form.ts';

/** An attribute in the words of RFC 7643, section 7. */
interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable';
  readonly returned: 'default' | 'always';
  readonly uniqueness: 'none' | 'server';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

const attribute = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});

/** Of several, one is kept. */
const single = (name: string, what: string, required: boolean, more: readonly Attribute[]): Attribute =>
  attribute(name, `${what}: one is kept, the primary or that for work`, {
    type: 'complex',
    multiValued: true,
    required,
    subAttributes: [
      attribute('value', what, { required: true, caseExact: true }),
      attribute('type', 'What is kept is for work', { canonicalValues: ['work'] }),
      ...more,
    ],
  });
const primary = attribute('primary', 'What is kept is the primary one', { type: 'boolean' });

/** All that is kept; what is sent beyond it is passed over in POST and PUT, and refused in PATCH. */
export const schemas = [
  {
    id: userSchema,
    name: 'User',
    description: 'Member of the organization',
    attributes: [
      attribute('userName', 'Username of the member', { required: true, uniqueness: 'server' }),
      attribute('name', 'Name of the person', {
        type: 'complex',
        subAttributes: [
          attribute('givenName', 'First name', { caseExact: true }),
          attribute('familyName', 'Last name', { caseExact: true }),
        ],
      }),
      single('emails', 'E-mail address', true, [primary]),
      single('phoneNumbers', 'Phone number', false, []),
      attribute('locale', 'Language and region; preferredLanguage is read where it is missing'),
      attribute('active', 'False while the member is locked', { type: 'boolean' }),
    ],
  },
  {
    id: groupSchema,
    name: 'Group',
    description: 'Group of users that share policies',
    attributes: [
      attribute('displayName', 'Name of the group', { required: true, caseExact: true, uniqueness: 'server' }),
      attribute('members', 'Users in it; groups hold no groups', {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          attribute('value', 'Id of the user', { mutability: 'immutable', required: true }),
          attribute('$ref', 'Address of the user', {
            type: 'reference',
            referenceTypes: ['User'],
            mutability: 'immutable',
            caseExact: true,
          }),
          attribute('type', 'Always User', { mutability: 'immutable', canonicalValues: ['User'] }),
        ],
      }),
    ],
  },
] as const;
