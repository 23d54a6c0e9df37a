import { type TSchema, Type } from 'typebox';

/**
 * Building blocks of schemas. Rules of form come from docs/wire.md; the `x-cli` annotation holds what the
 * command line must know beyond a schema, and is left out of the OpenAPI document.
 */
export interface CliAnnotation {
  /** Prefix of a name invented by the client when none is typed. */
  readonly generated?: string;
  /** Filled from the configuration; `shown` also makes it a visible default. */
  readonly fromConfig?: {
    readonly setting: 'organization' | 'project';
    readonly shown: boolean;
    readonly whenEmpty: boolean;
  };
  readonly loadFile?: boolean;
  /** The client checks the form of a UUID itself. */
  readonly uuid?: boolean;
  /** A value that is sent and shown without being typed. */
  readonly default?: string;
  /** `none` sends an empty list. */
  readonly acceptsNone?: boolean;
  readonly hidden?: boolean;
  readonly requiredByClient?: boolean;
  /** Not an argument at all. */
  readonly absent?: boolean;
  /** Typed by this name, wherever it stands in the request. */
  readonly as?: string;
  /** Sent for an argument nobody typed; by default optional inputs are left out. */
  readonly whenAbsent?: 'null' | 'empty' | 'false';
  readonly deprecated?: boolean;
}

const cli = (annotation: CliAnnotation): { 'x-cli': CliAnnotation } => ({ 'x-cli': annotation });

/** The schema with an annotation for the command line. */
export function withCli<S extends TSchema>(schema: S, annotation: CliAnnotation): S {
  const before = (schema as { 'x-cli'?: CliAnnotation })['x-cli'];
  return { ...schema, 'x-cli': { ...before, ...annotation } };
}

export const Id = (description: string) => Type.String({ format: 'uuid', description });
export const Text = (description: string, limits: { minLength?: number; maxLength?: number; pattern?: string } = {}) =>
  Type.String({ ...limits, description });
export const Flag = (description: string) => Type.Boolean({ description });
export const Count = (description: string) => Type.Integer({ minimum: 0, description });
export const Time = (description: string) => Type.String({ format: 'date-time', description });
export const Duration = (description: string) => Type.String({ format: 'seconds', description });
/** A time or null: null stands for "never" or "not yet". */
export const NullableTime = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });
export const Ids = (description: string, limits: { maxItems?: number } = {}) =>
  Type.Array(Type.String({ format: 'uuid' }), { ...limits, description });
export const Choice = <const V extends readonly string[]>(values: V, description: string) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values], description });

/** Names of applications, groups and policies. */
export const namePattern = '^[\\w().\\-]+( +[\\w().\\-]+)*$';
export const Name = (what: string) =>
  Text(`Name of the ${what}`, { minLength: 1, maxLength: 64, pattern: namePattern });
export const Description = (what: string) => Text(`What the ${what} is for`, { maxLength: 200 });
export const Tags = Type.Array(Text('Tag', { minLength: 1, maxLength: 70, pattern: '^[a-zA-Z0-9._\\-/=+@ ]+$' }), {
  maxItems: 10,
  uniqueItems: true,
  description: 'Free words to find it again by',
});

/** Inputs of a creation: what is absent arrives as "" or null from other clients too. */
export const NewName = (what: string, generated: string) => withCli(Name(what), { generated, requiredByClient: true });
export const NewDescription = (what: string) => Type.Optional(withCli(Description(what), { whenAbsent: 'empty' }));
export const NewTags = Type.Optional(withCli(Tags, { whenAbsent: 'null' }));
/** Inputs of a change. */
export const ChangedTags = Type.Optional(withCli(Tags, { acceptsNone: true }));

/** Organization of a new object; the caller's own when left out. */
export const NewOrganizationId = Type.Optional(
  Type.String({
    format: 'uuid',
    description: 'Organization it belongs to',
    ...cli({ uuid: true, fromConfig: { setting: 'organization', shown: false, whenEmpty: true } }),
  }),
);

/** Organization filter of a list; empty is absent (docs/wire.md). */
export const OrganizationFilter = (fill: { uuid: boolean; whenEmpty: boolean; shown: boolean }) =>
  Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Only of this organization',
      'x-empty-is-absent': true,
      ...cli({
        uuid: fill.uuid,
        fromConfig: { setting: 'organization', shown: fill.shown, whenEmpty: fill.whenEmpty },
      }),
    }),
  );

/** An organization named in the path. */
export const OrganizationParameter = Type.String({
  format: 'uuid',
  description: 'Organization',
  ...cli({ uuid: true, fromConfig: { setting: 'organization', shown: false, whenEmpty: true } }),
});

/** An equality filter on one of several words; the `unknown_…` word means no filter (docs/wire.md). */
export const EnumFilter = <const V extends readonly [string, ...string[]]>(values: V, description: string) =>
  Type.Optional(Type.Unsafe<V[number]>({ type: 'string', enum: [...values], 'x-no-filter': values[0], description }));

/** Members of an input object of which at most one, or exactly one, may be set. */
export interface OneOf {
  /** Named in errors. */
  readonly name: string;
  readonly members: readonly string[];
  readonly required: boolean;
}

/** Object options that declare one-of groups. */
export const oneOf = (...groups: readonly OneOf[]) => ({ 'x-one-of': groups });

/** Bytes in base 64, in either alphabet: SDKs send the first, browsers the second (RFC 4648, sections 4 and 5). */
export const Bytes = (description: string, limits: { readonly minLength?: number; readonly maxLength: number }) =>
  Text(description, { ...limits, pattern: '^[A-Za-z0-9+/_-]*={0,2}$' });
