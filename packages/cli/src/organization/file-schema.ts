import { contract } from '@bailiwick/contract';
import { view } from '@bailiwick/contract/schema-view';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { specialGroups } from './organization.ts';

/** Faults that are told at most: who has more has another kind of file. */
export const maximumFaults = 100;
Settings.Set({ maxErrors: maximumFaults });

// Limits are those of the calls that a file leads to, so that nothing is found out half-way.
const application = contract.applications.create.body.properties;
const group = contract.groups.create.body.properties;
const policy = contract.policies.create.body.properties;
const project = contract.projects.create.body.properties;
const projectChange = contract.projects.update.body.properties;
const member = contract.groups.setMembers.body.properties;
const rules = contract.rules.set.body.properties.rules;
const rule = rules.items.properties;

const closed = { additionalProperties: false } as const;
const id = Type.Optional(Type.String({ format: 'uuid' }));

/** A name, or an id where a name does not tell which. */
const Reference = Type.Unsafe<string | { readonly id: string }>({
  type: ['string', 'object'],
  properties: { id: { type: 'string', format: 'uuid' } },
  required: ['id'],
  ...closed,
});
const GroupReference = Type.Unsafe<
  string | { readonly id?: string; readonly special?: (typeof specialGroups)[number] }
>({
  type: ['string', 'object'],
  properties: { id: { type: 'string', format: 'uuid' }, special: { type: 'string', enum: [...specialGroups] } },
  minProperties: 1,
  maxProperties: 1,
  ...closed,
});
/** As many items as another list may have. */
const asMany = (list: TSchema) => {
  const { maxItems } = view(list);
  return maxItems === undefined ? {} : { maxItems };
};
const references = (list: TSchema) => Type.Optional(Type.Array(Reference, asMany(list)));

const ProjectEntry = Type.Object(
  { id, name: project.name, default: Type.Optional(Type.Boolean()), description: projectChange.description },
  closed,
);
const ApplicationEntry = Type.Object(
  { id, name: application.name, description: application.description, tags: application.tags },
  closed,
);
const GroupEntry = Type.Object(
  {
    id,
    name: group.name,
    description: group.description,
    tags: group.tags,
    users: references(member.user_ids),
    applications: references(member.application_ids),
  },
  closed,
);
const RuleEntry = Type.Object(
  {
    permission_sets: Type.Array(rule.permission_set_names.items, asMany(rule.permission_set_names)),
    scope: Type.Optional(Type.Unsafe<'organization'>({ type: 'string', enum: ['organization'] })),
    projects: references(rule.project_ids),
    condition: rule.condition,
  },
  closed,
);
const PolicyEntry = Type.Object(
  {
    id,
    name: policy.name,
    description: policy.description,
    tags: policy.tags,
    user: Type.Optional(Reference),
    group: Type.Optional(GroupReference),
    application: Type.Optional(Reference),
    rules: Type.Optional(Type.Array(RuleEntry, asMany(rules))),
  },
  closed,
);

const File = Type.Object(
  {
    version: Type.Literal(1),
    projects: Type.Optional(Type.Array(ProjectEntry)),
    applications: Type.Optional(Type.Array(ApplicationEntry)),
    groups: Type.Optional(Type.Array(GroupEntry)),
    policies: Type.Optional(Type.Array(PolicyEntry)),
  },
  closed,
);

export type Reference = Static<typeof Reference>;
export type GroupReference = Static<typeof GroupReference>;
export type ProjectEntry = Static<typeof ProjectEntry>;
export type ApplicationEntry = Static<typeof ApplicationEntry>;
export type GroupEntry = Static<typeof GroupEntry>;
export type PolicyEntry = Static<typeof PolicyEntry>;
export type RuleEntry = Static<typeof RuleEntry>;
/** An organization as a file (docs/organization-file.md). */
export type OrganizationFile = Static<typeof File>;

const compiled = Compile(File);

export function isOrganizationFile(value: unknown): value is OrganizationFile {
  return compiled.Check(value);
}

export type SchemaError = ReturnType<typeof compiled.Errors>[number];

export function schemaErrors(value: unknown): readonly SchemaError[] {
  return compiled.Errors(value);
}
