import type { FloatValue } from './values.ts';

/** What a literal stands for. */
export type Literal = string | number | FloatValue | boolean | null;

/** A template, read: texts and actions in their order. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  /** `{{ .Name }}`; nothing is printed where variables are set. */
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

/** Commands, each with the result of the one before as its last argument. */
export interface Pipe {
  /** Variables that take the result; of `range` the index and the element, or the element alone. */
  readonly variables: readonly string[];
  /** False for `=`, which sets a variable that exists. */
  readonly declares: boolean;
  readonly commands: readonly Call[];
  readonly at: number;
}

/** A function with its arguments, or a value alone. */
export interface Call {
  readonly function: string | null;
  readonly operands: readonly Operand[];
  readonly at: number;
}

export type Operand =
  | { readonly kind: 'literal'; readonly value: Literal; readonly at: number }
  /** `.`, `$x`, `(…)`, each with `.Names` behind it. */
  | { readonly kind: 'path'; readonly base: Base; readonly names: readonly Name[]; readonly at: number };

export type Base =
  | { readonly kind: 'dot' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe };

export interface Name {
  readonly name: string;
  readonly at: number;
}
