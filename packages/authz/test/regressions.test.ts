import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OrganizationFacts } from '../src/index.ts';
import { runSteps, type Step } from './support/steps.ts';

/** A counterexample as fast-check prints it, with what it is about. */
interface Regression {
  readonly about: string;
  readonly organization: OrganizationFacts;
  readonly steps: readonly Step[];
}

const folder = join(import.meta.dirname, 'regressions');

describe('the engine and the model agree where they once did not, or easily might not', () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const { about, organization, steps }: Regression = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    it(`${name}: ${about}`, () => {
      expect(steps.some(({ kind }) => kind === 'question')).toBe(true);
      runSteps(organization, steps, (allowed, step) => {
        if (step.allowed !== undefined) expect(allowed, JSON.stringify(step.asked)).toBe(step.allowed);
      });
    });
  }
});
