import type { Field } from '@bailiwick/contract/command-table';
import type { Cell } from './values.ts';

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A part of a page of its own: cells in columns, below a title. */
export interface Block {
  readonly title: string | null;
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * What a command gives back, ready to be printed in any format. Values are already rebuilt by `decode`. A `page`, where
 * there is one, is what people see of it.
 */
export type Result =
  /** An object of the named type of the command table. `sections`, when given, are what people see of it. */
  | {
      readonly shape: 'object';
      readonly type: string;
      readonly value: JsonObject;
      readonly sections?: readonly Section[];
      readonly page?: readonly Block[];
      /** When it is not success; of several results the highest counts. */
      readonly exitCode?: number;
    }
  /** `columns` are field names, null for all simple fields. */
  | {
      readonly shape: 'list';
      readonly type: string;
      readonly rows: readonly JsonObject[];
      readonly columns: readonly string[] | null;
      readonly page?: readonly Block[];
    }
  /** A change without an answer: `user` and `deleted` give `✅ User has been successfully deleted.` */
  | {
      readonly shape: 'success';
      readonly message: string;
      readonly resource?: string;
      readonly verb?: string;
      /** Lines below the message. */
      readonly details?: string;
    }
  /** Printed as it is; null is `-` for people. `value`, where there is one, is what programs see instead. */
  | { readonly shape: 'text'; readonly text: string | null; readonly value?: Json }
  /** Nothing to show: `null`, and `-` for people. */
  | { readonly shape: 'nothing' };

/** A titled part of a human page. */
export type Section =
  | { readonly title: string; readonly type: string; readonly value: JsonObject }
  | { readonly title: string; readonly type: string; readonly rows: readonly JsonObject[] }
  | { readonly title: string; readonly text: string }
  | { readonly title: string; readonly pairs: JsonObject };

export type { Field };
