import type { DatabaseKind } from '../test-support/database-kinds.ts';
import type { Table } from './support/table.ts';

/** A measurement: what it asks is its title, what came out is tables. */
export interface Measurement {
  /** The word that selects it on the command line. */
  readonly name: string;
  readonly title: string;
  measure(bench: Bench): Promise<readonly Table[]>;
}

/** What every measurement may use. */
export interface Bench {
  readonly databases: readonly DatabaseKind[];
  /** Times each thing is measured. Things that are compared take turns, so that a busy moment meets all of them. */
  readonly rounds: number;
  /** How long load is kept up in each round. */
  readonly secondsOfLoad: number;
  /** How long load is kept up that is to last. */
  readonly minutes: number;
  /** Rows in the large table of a comparison of sizes. */
  readonly keys: number;
  /** Principals of the largest organization. */
  readonly principals: number;
  /** Tries of a question that one answer does not settle. */
  readonly tries: number;
  /** Says what is being waited for. */
  progress(text: string): void;
}
