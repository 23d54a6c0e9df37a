import type { Clock } from '../clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { Catalogue } from './assemble.ts';
import { builtInDefinitions } from './built-in.ts';
import { type Definitions, joinDefinitions, noDefinitions } from './definitions.ts';
import { readDocument } from './document.ts';
import { CatalogueError } from './faults.ts';
import { readCatalogueFile } from './file.ts';
import { readDefinitions } from './read.ts';
import { type CatalogueReport, type HeldSet, type Reconciled, reconcile } from './reconcile.ts';
import { keepKnownSets } from './store.ts';

/** The catalogue in force, and the way to put the file as it is now in its place. */
export interface CatalogueSource {
  current(): Catalogue;
  /** What the last load that succeeded has found. */
  report(): CatalogueReport;
  /**
   * Reads the file again. A call that comes while another runs reads it once more after that, since the file may have
   * changed in between.
   *
   * @throws CatalogueError with everything that is wrong with the file; what is in force stays
   */
  reload(): Promise<CatalogueReport>;
}

export interface CatalogueSourceOptions {
  /** The operator's file; without one there is what comes with the product, and what rules still hold. */
  readonly path?: string | undefined;
  readonly storage: Storage;
  readonly clock: Clock;
  /** Sets that the installation is known to have seen, for a start without its database. */
  readonly knownBefore?: readonly HeldSet[] | undefined;
  /** Told of a catalogue in the turn in which it comes into force, before `current` answers with it. */
  readonly use?: (catalogue: Catalogue) => void;
}

/** @throws CatalogueError when the file cannot be used */
export async function createCatalogueSource(options: CatalogueSourceOptions): Promise<CatalogueSource> {
  const { knownBefore } = options;
  let loaded = await load(options, knownBefore && ((work) => work(knownBefore)));
  options.use?.(loaded.catalogue);
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Promise<CatalogueReport> | undefined;

  const reloadNow = async (): Promise<CatalogueReport> => {
    waiting = undefined;
    const next = await load(options);
    options.use?.(next.catalogue);
    loaded = next;
    return next.report;
  };
  return {
    current: () => loaded.catalogue,
    report: () => loaded.report,
    reload: () => {
      if (waiting === undefined) {
        waiting = running.then(reloadNow, reloadNow);
        running = waiting;
      }
      return waiting;
    },
  };
}

/** @param reconciling how it is reconciled with what the installation has seen: in the database when left out */
async function load(
  { path, storage, clock }: CatalogueSourceOptions,
  reconciling: (work: (known: readonly HeldSet[]) => Reconciled) => Reconciled | Promise<Reconciled> = (work) =>
    keepKnownSets(storage, work),
): Promise<Reconciled> {
  const own = path === undefined ? noDefinitions : readCatalogue(await readCatalogueFile(path), path);
  const definitions = joinDefinitions(builtInDefinitions(), own);
  const result = await reconciling((known) => reconcile(definitions, known, clock.now()));
  if (result.faults.length > 0) throw new CatalogueError(path ?? 'catalogue', result.faults);
  return result;
}

/**
 * What the text of an operator's catalogue says.
 *
 * @throws CatalogueError with everything that is wrong with it
 */
export function readCatalogue(text: string, path: string): Definitions {
  return readDefinitions(readDocument(text, path), path, 'operator', builtInDefinitions());
}
