/**
 * The command line's view of the contract, as plain data. `scripts/generate.ts` writes it to
 * `__generated__/commands.json`, so that `scw` starts without loading a schema library.
 */

/** Everything `scw` knows: commands, the groups above them and the objects they print. */
export interface CommandTable {
  readonly groups: readonly CommandGroup[];
  readonly commands: readonly Command[];
  /** Printed objects by type name, e.g. `APIKey`. */
  readonly types: Readonly<Record<string, ObjectType>>;
}

/** Heading of the help page that lists a group or command. */
export type Heading = 'available' | 'configuration' | 'security' | 'utility' | 'workflow';

/** A level above commands: `iam`, `iam api-key`. */
export interface CommandGroup {
  readonly words: readonly string[];
  readonly summary: string;
  readonly heading: Heading;
}

/** What grammar, help and completion know of a command, whatever it does. */
export interface CommandShape {
  readonly words: readonly string[];
  readonly summary: string;
  /** Lines that help adds to the summary. */
  readonly notes: readonly string[];
  readonly examples: readonly Example[];
  /** Argument typed as a bare word; always mandatory. */
  readonly positional: string | null;
  readonly arguments: readonly Argument[];
  readonly output: Output;
  /** Null: no page lists it. */
  readonly heading: Heading | null;
  /** Other commands, as typed: `scw iam group list`. */
  readonly seeAlso: readonly string[];
}

/** A line that can be typed, and what it is for. */
export interface Example {
  readonly title: string;
  readonly line: string;
}

/**
 * A command of the contract. `operation` is the contract's operation id and the key under which the few commands
 * with logic of their own are found (`policies.get` prints its rules too).
 */
export interface Command extends CommandShape {
  readonly operation: string;
  /** The single call of the command. Commands with logic of their own may make others. */
  readonly call: Call;
}

/** How the call is made. Path parameters stand in braces: `/iam/v1alpha1/users/{user_id}`. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The answer comes in pages (`page`, `page_size`, `total_count`, in the query or in the body); all are fetched. */
  readonly paged: boolean;
  /** False where not even `{}` is sent. */
  readonly body: boolean;
}

/** Kinds of values a person types (docs/cli.md). */
export type ArgumentType = 'string' | 'boolean' | 'integer' | 'enum' | 'datetime' | 'duration';

/** What a request holds for an argument nobody typed (docs/cli.md). */
export type WhenAbsent = 'omitted' | 'null' | 'empty' | 'false';

export interface Argument {
  /** As typed, `{index}` standing for 0, 1, 2 …: `rules.{index}.project-ids.{index}`. */
  readonly name: string;
  readonly type: ArgumentType;
  readonly summary: string;
  /** True for a name that ends in `{index}`. */
  readonly list: boolean;
  readonly required: boolean;
  readonly deprecated: boolean;
  /** Help does not list it (`page-size`, `condition` of `rule create`). */
  readonly hidden: boolean;
  readonly enum: readonly string[] | null;
  /** Literal default that is sent and shown. */
  readonly default: string | null;
  /** Prefix of a name invented by the client: `app` gives `cli-app-<adjective>-<surname>`. */
  readonly generated: string | null;
  /**
   * Filled from the configuration. `shown` says that help shows `<retrieved from config>` and that the
   * value is a default of the command line; otherwise an absent or empty value is filled in before the call.
   */
  readonly fromConfig: {
    readonly setting: 'organization' | 'project';
    readonly shown: boolean;
    readonly whenEmpty: boolean;
  } | null;
  /** `NAME=none` sends an empty list. */
  readonly acceptsNone: boolean;
  /** A value that begins with `@` is replaced by the content of that file. */
  readonly loadFile: boolean;
  /** The client checks that the value is a UUID. */
  readonly uuid: boolean;
  /** Group in which the API wants at most one. */
  readonly oneOf: string | null;
  readonly maxLength: number | null;
  readonly maxItems: number | null;
  readonly wire: {
    readonly in: 'path' | 'query' | 'body' | 'none';
    /** Keys from the outside in, `[]` for a list level: `['rules', '[]', 'project_ids', '[]']`. */
    readonly path: readonly string[];
    readonly whenAbsent: WhenAbsent;
  };
}

export type Output =
  | { readonly shape: 'object'; readonly type: string }
  | {
      readonly shape: 'list';
      readonly type: string /** Key of the items in the answer. */;
      readonly items: string /** Field names, when not all. */;
      readonly columns: readonly string[] | null;
    }
  /** `✅ User has been successfully deleted.` (docs/cli.md) */
  | { readonly shape: 'success'; readonly noun: string }
  /** A text, printed as it is. */
  | { readonly shape: 'text' };

export type FieldType = 'string' | 'boolean' | 'integer' | 'enum' | 'datetime' | 'duration' | 'object' | 'map';

/** A printed object: fields in the order in which JSON prints them (docs/cli.md). */
export type ObjectType = readonly Field[];

export interface Field {
  /** JSON key, `created_at`. */
  readonly key: string;
  /** Name in `-o human=…` and in the detail view, `CreatedAt`. */
  readonly field: string;
  /** Heading of the table, `CREATED AT`. */
  readonly header: string;
  readonly type: FieldType;
  readonly list: boolean;
  /** A missing value is null (times, lists, objects); otherwise `""`, `false` or 0. */
  readonly nullable: boolean;
  readonly omittedWhenEmpty: boolean;
  /** Stands in a table that does not choose its columns. */
  readonly column: boolean;
  /** Type name of a nested object. */
  readonly object: string | null;
}

/** An optional text that is not part of a request: what a declared argument differs from. */
export const plainArgument: Omit<Argument, 'name' | 'summary' | 'wire'> = {
  type: 'string',
  list: false,
  required: false,
  deprecated: false,
  hidden: false,
  enum: null,
  default: null,
  generated: null,
  fromConfig: null,
  acceptsNone: false,
  loadFile: false,
  uuid: false,
  oneOf: null,
  maxLength: null,
  maxItems: null,
};

/** A text that is always there: what a declared field differs from. */
export const plainField: Omit<Field, 'key' | 'field' | 'header'> = {
  type: 'string',
  list: false,
  nullable: false,
  omittedWhenEmpty: false,
  column: true,
  object: null,
};
