import { expect } from 'vitest';
import { judge, readCondition } from '../../model/model.ts';
import {
  applyChange,
  type CatalogueData,
  createCatalogue,
  createOrganization,
  decide,
  explain,
  type FactChange,
  type Organization,
  type OrganizationFacts,
  type Question,
  replaceCatalogue,
} from '../../src/index.ts';
import { catalogues, changed } from './world.ts';

/** What happens to an organization: it is asked, it changes, its catalogue is replaced, its server starts anew. */
export type Step =
  | { readonly kind: 'question'; readonly asked: Question; readonly allowed?: boolean }
  | { readonly kind: 'change'; readonly made: FactChange }
  | { readonly kind: 'catalogue'; readonly index: number }
  | { readonly kind: 'restart' };

const known = catalogues.map((data) => ({ data, read: createCatalogue(data) }));
const catalogueAt = (index: number) => known[index % known.length]!;

/** Most of the model's time would go into reading the same conditions again; it stays free of memory itself. */
const conditions = new Map<string, ReturnType<typeof readCondition>>();
function readOnce(text: string): ReturnType<typeof readCondition> {
  const read = conditions.get(text) ?? readCondition(text);
  conditions.set(text, read);
  return read;
}

/**
 * Takes an organization through the steps, by the engine and by the model, and fails where they differ.
 *
 * @param answered is told every answer
 */
export function runSteps(
  born: OrganizationFacts,
  steps: readonly Step[],
  answered: (allowed: boolean, step: Extract<Step, { kind: 'question' }>) => void,
): void {
  let facts = born;
  let catalogue = catalogueAt(0);
  let engine = createOrganization(facts, catalogue.read);
  for (const step of steps) {
    switch (step.kind) {
      case 'change':
        applyChange(engine, step.made);
        facts = changed(facts, step.made);
        break;
      case 'catalogue':
        catalogue = catalogueAt(step.index);
        replaceCatalogue(engine, catalogue.read);
        break;
      case 'restart':
        engine = createOrganization(facts, catalogue.read);
        break;
      case 'question':
        answered(compare(engine, facts, catalogue.data, step.asked), step);
        break;
    }
  }
}

function compare(engine: Organization, facts: OrganizationFacts, catalogue: CatalogueData, asked: Question): boolean {
  const expected = judge(facts, catalogue, asked, readOnce);
  const answer = judged(engine, asked);
  if (!same(answer, expected)) expect(answer, JSON.stringify(asked)).toEqual(expected);
  return answer.allowed;
}

/** What the engine says, in the words of the model. */
function judged(engine: Organization, asked: Question) {
  const { decision, rules } = explain(engine, asked);
  if (decide(engine, asked) !== decision) expect(decide(engine, asked), JSON.stringify(asked)).toBe(decision);
  return {
    allowed: decision.allowed,
    granting: rules
      .filter(({ outcome }) => outcome === 'grants')
      .map(({ ruleId }) => ruleId)
      .sort(),
    failing: rules
      .flatMap(({ ruleId, failure }) => (failure ? [{ ruleId, verdict: failure.verdict, clause: failure.clause }] : []))
      .sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1)),
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
