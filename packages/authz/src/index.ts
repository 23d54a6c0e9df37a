/** @packageDocumentation The decision engine: who may do what where, and why. Pure: no clock, no I/O. */
export {
  type Catalogue,
  type CatalogueData,
  createCatalogue,
  type Permission,
  type PermissionSet,
  type PermissionSetData,
  type ServiceData,
} from './catalogue.ts';
export type { Change, Edit } from './changes.ts';
export { type ConditionProblem, checkCondition, findProblems } from './conditions/check.ts';
export {
  type ClauseOutcome,
  type Condition,
  type ConditionFailure,
  compileCondition,
  type Trial,
  tryCondition,
} from './conditions/condition.ts';
export { type DescribedAttribute, type DescribedFunction, describeLanguage } from './conditions/language.ts';
export { type Decision, decide, dependsOnConditions, type Refusal } from './decide.ts';
export { grantsBeyond, rulesOf, rulesReaching } from './escalation.ts';
export { type Explanation, explain, type RuleOutcome } from './explain.ts';
export * from './facts.ts';
export { applyChange, createOrganization, factsOf, type Organization, replaceCatalogue } from './organization.ts';
export { atOnce, type Pieces } from './pieces.ts';
export { type AccessChange, type Difference, previewPolicy } from './preview.ts';
export type { PolicyChange } from './preview-layers.ts';
export { type Reach, whatCan } from './reach.ts';
export { type OpenQuestion, permissionsIn, themselves, whoCan } from './search.ts';
