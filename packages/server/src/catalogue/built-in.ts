import builtIn from './built-in.json' with { type: 'json' };
import { type Definitions, noDefinitions } from './definitions.ts';
import { locateData } from './located.ts';
import { readDefinitions } from './read.ts';

let read: Definitions | undefined;

/** What comes with the product, read when it is first needed. */
export function builtInDefinitions(): Definitions {
  read ??= readDefinitions(locateData(builtIn), 'built-in.json', 'built-in', noDefinitions);
  return read;
}
