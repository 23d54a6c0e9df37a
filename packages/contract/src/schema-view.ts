import type { TSchema } from 'typebox';
import type { CliAnnotation, OneOf } from './fields.ts';

/** The keywords of our schemas as plain data, for everything that is derived from them. */
export interface SchemaView {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly deprecated?: boolean;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaView>>;
  readonly required?: readonly string[];
  readonly items?: SchemaView;
  readonly 'x-cli'?: CliAnnotation;
  readonly 'x-cli-first'?: readonly string[];
  readonly 'x-one-of'?: readonly OneOf[];
  readonly 'x-no-filter'?: string;
  readonly 'x-empty-is-absent'?: boolean;
  readonly 'x-min-bytes'?: number;
  readonly 'x-max-bytes'?: number;
}

/** A schema seen as its keywords: TypeBox schemas are JSON Schema. */
export function view(schema: TSchema): SchemaView {
  return schema;
}

/** The properties of an object schema in order. */
export function properties(schema: TSchema | SchemaView | undefined): readonly (readonly [string, SchemaView])[] {
  return Object.entries((schema as SchemaView | undefined)?.properties ?? {});
}

export function isRequired(schema: TSchema | SchemaView | undefined, name: string): boolean {
  return (schema as SchemaView | undefined)?.required?.includes(name) ?? false;
}

export function isNullable(schema: SchemaView): boolean {
  return Array.isArray(schema.type) && schema.type.includes('null');
}

/** The one type beside null. */
export function typeOf(schema: SchemaView): string | undefined {
  return typeof schema.type === 'object' ? schema.type.find((type) => type !== 'null') : schema.type;
}
