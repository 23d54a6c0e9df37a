import { type Definitions, isOfProduct, type SetDefinition, type Word } from './definitions.ts';
import { type Faults, quote } from './faults.ts';
import { checkName, isPattern } from './names.ts';
import { expandPattern, explainUnknown, type PermissionIndex, scopeFor } from './permissions.ts';

/** What the sets of a file may refer to, and whether all of the file could be read. */
export interface Surroundings {
  readonly index: PermissionIndex;
  /** What comes with the product; empty when that itself is checked. */
  readonly builtIn: Definitions;
  readonly servicesComplete: boolean;
  readonly setsComplete: boolean;
}

/** Names of permission sets, their patterns and what they include. */
export function checkSets({ sets, builtInProducts }: Definitions, around: Surroundings, faults: Faults): void {
  const byName = new Map([...around.builtIn.sets, ...sets].map((set) => [set.name.text, set]));
  const retired = checkSetNames(sets, around.builtIn.sets, faults);
  for (const set of sets) {
    const refuse = ({ line }: Word, reason: string | undefined) => {
      if (reason !== undefined) faults.add(line, called(set.name.text), reason);
    };
    for (const pattern of set.permissions) refuse(pattern, faultOfPattern(pattern.text, set, around));
    for (const included of set.includes)
      refuse(included, faultOfInclusion(included.text, set, { byName, retired, builtInProducts, ...around }));
  }
  checkCycles(sets, byName, faults);
}

const called = (name: string) => `permission set ${quote(name)}`;

/**
 * Every name stands for one set for ever: rules are found by it.
 *
 * @returns the former names, with the present one
 */
function checkSetNames(
  sets: readonly SetDefinition[],
  builtIn: readonly SetDefinition[],
  faults: Faults,
): ReadonlyMap<string, string> {
  const taken = new Map<string, { readonly by: SetDefinition; readonly words: string }>();
  const retired = new Map<string, string>();
  const take = (name: Word, by: SetDefinition, words: string, check: boolean) => {
    const thing = called(by.name.text);
    const owner = taken.get(name.text);
    if (check) checkName('set', name, thing, faults);
    if (check && owner?.by === by)
      faults.add(name.line, thing, `it has the name ${quote(name.text)} twice; take one out`);
    else if (check && owner)
      faults.add(name.line, thing, `the name ${quote(name.text)} is ${owner.words}; choose another`);
    if (!owner) taken.set(name.text, { by, words });
  };
  const takeAll = (all: readonly SetDefinition[], kind: string, check: boolean) => {
    for (const set of all) take(set.name, set, `that of ${kind}`, check);
    for (const set of all)
      for (const former of set.former_names) {
        take(former, set, `a former one of ${quote(set.name.text)}`, check);
        retired.set(former.text, set.name.text);
      }
  };
  takeAll(builtIn, 'a built-in set', false);
  takeAll(sets, 'another set', true);
  return retired;
}

/** A pattern that grants nothing is a slip of the pen: a wrong name, or the wrong scope type. */
function faultOfPattern(
  pattern: string,
  { scope_type: type }: SetDefinition,
  around: Surroundings,
): string | undefined {
  const { index } = around;
  if (!isPattern(pattern))
    return `${quote(pattern)} is not \`service:resource:action\`, where \`*\` may stand for a whole part`;
  if (expandPattern(index, pattern, type).length > 0) return undefined;
  const matching = index.matching(pattern);
  const [inScope] = matching.filter(({ scope }) => scope === scopeFor(type));
  if (inScope)
    return `${quote(pattern)} only matches privileged permissions, which have to be spelled out, such as \`${inScope.name}\``;
  if (matching.some(({ scope }) => scope !== 'self')) {
    const other = type === 'projects' ? 'organization' : 'projects';
    return `${quote(pattern)} has no place in a set of scope type ${type}; put it in one of scope type ${other}`;
  }
  if (matching.length > 0)
    return `${quote(pattern)} is what every user may do to itself, which no set holds; take it out`;
  return around.servicesComplete
    ? `${quote(pattern)} is no permission of the catalogue; ${explainUnknown(index, pattern)}`
    : undefined;
}

function faultOfInclusion(
  name: string,
  { scope_type: type }: SetDefinition,
  { byName, retired, builtInProducts, setsComplete }: Surroundings & NamedSets,
): string | undefined {
  const included = byName.get(name);
  const renamed = retired.get(name);
  if (included && !builtInProducts && isOfProduct(included))
    return `it includes ${quote(name)}, which \`built_in_products\` switches off; take one of the two out`;
  if (included) {
    return included.scope_type === type
      ? undefined
      : `it includes ${quote(name)}, whose scope type is ${included.scope_type}; a set only includes sets of its own, ${type}`;
  }
  if (renamed !== undefined) return `it includes ${quote(name)}, which is now ${quote(renamed)}; write that`;
  return setsComplete ? `it includes ${quote(name)}, which is no permission set; define it, or take it out` : undefined;
}

interface NamedSets {
  readonly byName: ReadonlyMap<string, SetDefinition>;
  /** Former names, with the present one. */
  readonly retired: ReadonlyMap<string, string>;
  readonly builtInProducts: boolean;
}

/** Goes down without calling itself: a chain of sets may be as long as a file. */
function checkCycles(sets: readonly SetDefinition[], byName: ReadonlyMap<string, SetDefinition>, faults: Faults): void {
  const finished = new Set<string>();
  for (const start of sets) {
    const path: { readonly set: SetDefinition; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (set: SetDefinition) => {
      path.push({ set, next: 0 });
      onPath.add(set.name.text);
    };
    if (!finished.has(start.name.text)) enter(start);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const included = step.set.includes[step.next];
      step.next += 1;
      if (included === undefined) {
        finished.add(step.set.name.text);
        onPath.delete(step.set.name.text);
        path.pop();
      } else if (onPath.has(included.text)) {
        const names = path.map(({ set }) => set.name.text);
        const round = [...names.slice(names.indexOf(included.text)), included.text];
        faults.add(
          included.line,
          called(included.text),
          `it includes itself: ${shorten(round)}; take one of these out`,
        );
      } else if (!finished.has(included.text)) {
        const set = byName.get(included.text);
        if (set) enter(set);
      }
    }
  }
}

const shownSteps = 10;

function shorten(round: readonly string[]): string {
  const shown = round.length > shownSteps ? [...round.slice(0, shownSteps - 1), '…', ...round.slice(-1)] : round;
  return shown.join(' > ');
}
