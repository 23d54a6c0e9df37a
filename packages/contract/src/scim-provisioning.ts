import { Type } from 'typebox';
import { Flag, Text, Time } from './fields.ts';
import { operation, type ScimAccess } from './operation.ts';

/** Resources of one answer: what a client gets that asks for no number, and at most (RFC 7644, section 3.4.2.4). */
export const scimPageSize = 100;
export const scimMaximumPage = 200;

/** By the token of the SCIM configuration in the path, and by nothing else. */
const access: ScimAccess = { kind: 'scim' };

const below = (path: string) => `/scim/v2/{scim_id}${path}`;
/** No UUIDs: what is none is not there, which is another answer than that it is wrong (RFC 7644, section 3.12). */
const ScimId = Text('SCIM configuration');
const configuration = Type.Object({ scim_id: ScimId });
const ofUser = Type.Object({ scim_id: ScimId, id: Text('User') });
const ofGroup = Type.Object({ scim_id: ScimId, id: Text('Group') });

const document = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
  description: 'A resource of RFC 7643, or a PatchOp of RFC 7644',
});

const attributes = {
  attributes: Type.Optional(Text('Only these attributes, parted by commas', { maxLength: 1024 })),
  excludedAttributes: Type.Optional(Text('Without these attributes, parted by commas', { maxLength: 1024 })),
};
const shown = Type.Object(attributes);
const listed = Type.Object({
  filter: Type.Optional(Text('Only those that fit: `userName eq "ada"`', { maxLength: 1024 })),
  startIndex: Type.Optional(Type.Integer({ description: 'Number of the first one, from 1' })),
  count: Type.Optional(Type.Integer({ description: `How many, at most ${scimMaximumPage}` })),
  ...attributes,
});

const schemas = Type.Array(Type.String(), { description: 'What it is, as URNs' });
const Meta = Type.Object(
  {
    resourceType: Text('User or Group'),
    created: Time('When it was made'),
    lastModified: Time('When it was last changed'),
    location: Text('Its address'),
  },
  { title: 'ScimMeta' },
);
const externalId = Type.Optional(Text('What the directory calls it'));
/** Of several kinds of address one is kept, which is the one for work; so it is with numbers. */
const Email = Type.Object(
  { value: Text('E-mail address'), type: Text('work'), primary: Flag('True: there is no other') },
  { title: 'ScimEmail' },
);
const PhoneNumber = Type.Object({ value: Text('Phone number'), type: Text('work') }, { title: 'ScimPhoneNumber' });

/** Everything but `schemas` and `id` may be left out on request. */
export const ScimUser = Type.Object(
  {
    schemas,
    id: Text('User'),
    externalId,
    userName: Type.Optional(Text('Username of the member')),
    name: Type.Optional(
      Type.Object(
        { givenName: Type.Optional(Text('First name')), familyName: Type.Optional(Text('Last name')) },
        { title: 'ScimName' },
      ),
    ),
    emails: Type.Optional(Type.Array(Email, { description: 'Its one address' })),
    phoneNumbers: Type.Optional(Type.Array(PhoneNumber, { description: 'Its one number' })),
    locale: Type.Optional(Text('Language and region, as a language tag')),
    active: Type.Optional(Flag('False while it is locked')),
    meta: Type.Optional(Meta),
  },
  { title: 'ScimUser' },
);

export const ScimGroup = Type.Object(
  {
    schemas,
    id: Text('Group'),
    externalId,
    displayName: Type.Optional(Text('Name of the group')),
    members: Type.Optional(
      Type.Array(
        Type.Object(
          {
            value: Text('User'),
            $ref: Text('Its address'),
            type: Text('User'),
          },
          { title: 'ScimMember' },
        ),
        { description: 'Users in it' },
      ),
    ),
    meta: Type.Optional(Meta),
  },
  { title: 'ScimGroup' },
);

const listOf = <const S extends Parameters<typeof Type.Array>[0]>(item: S, title: string) =>
  Type.Object(
    {
      schemas,
      totalResults: Type.Integer({ minimum: 0, description: 'How many fit, on all pages' }),
      startIndex: Type.Integer({ minimum: 1, description: 'Number of the first one' }),
      itemsPerPage: Type.Integer({ minimum: 0, description: 'How many are here' }),
      Resources: Type.Array(item, { description: 'Those of this page' }),
    },
    { title },
  );

/** A text of the protocol that describes itself. */
const Description = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
  description: 'As RFC 7643 says in sections 5 to 7',
});

/** A refusal (RFC 7644, section 3.12). */
export const ScimError = Type.Object(
  {
    schemas,
    status: Text('Status of the answer, as a text'),
    scimType: Type.Optional(Text('Kind of error, where the RFC has a word for it')),
    detail: Text('What is wrong, and how to mend it'),
  },
  { title: 'ScimError' },
);

export const scimUsers = {
  list: operation({
    id: 'scimUsers.list',
    method: 'GET',
    path: below('/Users'),
    summary: 'Find members',
    params: configuration,
    query: listed,
    output: listOf(ScimUser, 'ScimUserList'),
    errors: ['not_found'],
    access,
  }),
  create: operation({
    id: 'scimUsers.create',
    method: 'POST',
    path: below('/Users'),
    summary: 'Make a member; it gets no mail',
    params: configuration,
    query: shown,
    document,
    creates: true,
    output: ScimUser,
    errors: ['already_exists', 'quotas_exceeded'],
    access,
    audit: { resource: 'user', action: 'created' },
  }),
  get: operation({
    id: 'scimUsers.get',
    method: 'GET',
    path: below('/Users/{id}'),
    summary: 'Show a member',
    params: ofUser,
    query: shown,
    output: ScimUser,
    errors: ['not_found'],
    access,
  }),
  replace: operation({
    id: 'scimUsers.replace',
    method: 'PUT',
    path: below('/Users/{id}'),
    summary: 'Make a member what the directory has; nothing happens where it is so already',
    params: ofUser,
    query: shown,
    document,
    output: ScimUser,
    errors: ['not_found', 'already_exists'],
    access,
    audit: { resource: 'user', action: 'updated' },
  }),
  patch: operation({
    id: 'scimUsers.patch',
    method: 'PATCH',
    path: below('/Users/{id}'),
    summary: 'Change parts of a member, all or none; `active` locks and unlocks',
    params: ofUser,
    query: shown,
    document,
    output: ScimUser,
    errors: ['not_found', 'already_exists'],
    access,
    audit: { resource: 'user', action: 'updated' },
  }),
  delete: operation({
    id: 'scimUsers.delete',
    method: 'DELETE',
    path: below('/Users/{id}'),
    summary: 'Delete a member with its keys, sessions and memberships',
    params: ofUser,
    output: null,
    errors: ['not_found'],
    access,
    audit: { resource: 'user', action: 'deleted' },
  }),
};

export const scimGroups = {
  list: operation({
    id: 'scimGroups.list',
    method: 'GET',
    path: below('/Groups'),
    summary: 'Find groups',
    params: configuration,
    query: listed,
    output: listOf(ScimGroup, 'ScimGroupList'),
    errors: ['not_found'],
    access,
  }),
  create: operation({
    id: 'scimGroups.create',
    method: 'POST',
    path: below('/Groups'),
    summary: 'Make a group, with members or without',
    params: configuration,
    query: shown,
    document,
    creates: true,
    output: ScimGroup,
    errors: ['already_exists', 'quotas_exceeded'],
    access,
    audit: { resource: 'group', action: 'created' },
  }),
  get: operation({
    id: 'scimGroups.get',
    method: 'GET',
    path: below('/Groups/{id}'),
    summary: 'Show a group',
    params: ofGroup,
    query: shown,
    output: ScimGroup,
    errors: ['not_found'],
    access,
  }),
  replace: operation({
    id: 'scimGroups.replace',
    method: 'PUT',
    path: below('/Groups/{id}'),
    summary: 'Make a group what the directory has; applications in it stay',
    params: ofGroup,
    query: shown,
    document,
    output: ScimGroup,
    errors: ['not_found', 'already_exists'],
    access,
    audit: { resource: 'group', action: 'updated' },
  }),
  patch: operation({
    id: 'scimGroups.patch',
    method: 'PATCH',
    path: below('/Groups/{id}'),
    summary: 'Rename a group, add members and take them out, all or none',
    params: ofGroup,
    query: shown,
    document,
    output: ScimGroup,
    quiet: true,
    errors: ['not_found', 'already_exists'],
    access,
    audit: { resource: 'group', action: 'updated' },
  }),
  delete: operation({
    id: 'scimGroups.delete',
    method: 'DELETE',
    path: below('/Groups/{id}'),
    summary: 'Delete a group',
    params: ofGroup,
    output: null,
    errors: ['not_found'],
    access,
    audit: { resource: 'group', action: 'deleted' },
  }),
};

export const scimService = {
  configuration: operation({
    id: 'scimService.configuration',
    method: 'GET',
    path: below('/ServiceProviderConfig'),
    summary: 'Tell what of SCIM 2.0 is served',
    params: configuration,
    output: Description,
    errors: [],
    access,
  }),
  listResourceTypes: operation({
    id: 'scimService.listResourceTypes',
    method: 'GET',
    path: below('/ResourceTypes'),
    summary: 'List the kinds of resources',
    params: configuration,
    output: listOf(Description, 'ScimResourceTypeList'),
    errors: [],
    access,
  }),
  getResourceType: operation({
    id: 'scimService.getResourceType',
    method: 'GET',
    path: below('/ResourceTypes/{name}'),
    summary: 'Show a kind of resource',
    params: Type.Object({ scim_id: ScimId, name: Text('User or Group') }),
    output: Description,
    errors: ['not_found'],
    access,
  }),
  listSchemas: operation({
    id: 'scimService.listSchemas',
    method: 'GET',
    path: below('/Schemas'),
    summary: 'List what resources hold',
    params: configuration,
    output: listOf(Description, 'ScimSchemaList'),
    errors: [],
    access,
  }),
  getSchema: operation({
    id: 'scimService.getSchema',
    method: 'GET',
    path: below('/Schemas/{urn}'),
    summary: 'Show what a kind of resource holds',
    params: Type.Object({ scim_id: ScimId, urn: Text('URN of the schema') }),
    output: Description,
    errors: ['not_found'],
    access,
  }),
};
