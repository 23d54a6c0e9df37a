import { Type } from 'typebox';
import { Choice, Flag, Text } from './fields.ts';
import { aboutSubjects, bearer, needs, operation } from './operation.ts';

/** Items in one call of `evaluations` (docs/decisions/0006-limits.md). */
export const maximumEvaluations = 10_000;
/** JSON of one entity or context, in bytes. */
export const maximumEntityBytes = 16 * 1024;
/** Results of one answer of a search. */
export const maximumResults = 1000;

const FreeForm = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true, description });
const EntityType = (what: string) => Text(`Kind of the ${what}`, { maxLength: 256 });
const EntityId = (what: string) => Text(`Which ${what}`, { maxLength: 1024 });
const properties = (what: string) => Type.Optional(FreeForm(`What else is known of the ${what}`));
const ActionName = Text('What is done', { maxLength: 256 });

const Entity = (what: string) =>
  Type.Object({ type: EntityType(what), id: EntityId(what), properties: properties(what) });
/** Of an entity that is sought the type alone: an id that is sent all the same is ignored. */
const Sought = (what: string) => Type.Object({ type: EntityType(what), properties: properties(what) });
/** In a batch the parts may come from its items. */
const Default = (what: string) =>
  Type.Optional(
    Type.Object({
      type: Type.Optional(EntityType(what)),
      id: Type.Optional(EntityId(what)),
      properties: properties(what),
    }),
  );

const Action = Type.Object({ name: ActionName, properties: properties('action') });
const DefaultAction = Type.Optional(Type.Object({ name: Type.Optional(ActionName), properties: properties('action') }));
const context = Type.Optional(FreeForm('Circumstances; `ip` and `user_agent` are read'));
const page = Type.Optional(
  Type.Object({
    token: Type.Optional(Text('`next_token` of the answer before', { maxLength: 4096 })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, description: `Results at most; never more than ${maximumResults}` }),
    ),
  }),
);

const decision = Flag('Whether it may');
const reasons = Type.Optional(
  Type.Object({
    reason: Type.Optional(Text('Why not, in a word')),
    error: Type.Optional(
      Type.Object({
        status: Type.Integer({ description: 'Status that the question would have had alone' }),
        message: Text('What is wrong with the question'),
      }),
    ),
  }),
);
const pageOut = Type.Object({
  next_token: Text('Token of the next page; empty at the end'),
  count: Type.Integer({ minimum: 0, description: 'Results in this answer' }),
});
const results = (what: string) =>
  Type.Object({
    results: Type.Array(Type.Object({ type: EntityType(what), id: EntityId(what) })),
    page: pageOut,
  });

const evaluating = aboutSubjects(bearer, 'subject', 'iam:decision:check');
const searching = needs('iam:decision:check', 'iam:policy:list', 'iam:group:list', 'iam:user:list');

/** OpenID AuthZEN Authorization API 1.0 (docs/authzen.md). */
export const authzen = {
  evaluation: operation({
    id: 'authzen.evaluation',
    method: 'POST',
    path: '/access/v1/evaluation',
    summary: 'Ask whether a subject may do something to a resource',
    body: Type.Object({ subject: Entity('subject'), action: Action, resource: Entity('resource'), context }),
    output: Type.Object({ decision, context: reasons }),
    errors: [],
    access: evaluating,
  }),
  evaluations: operation({
    id: 'authzen.evaluations',
    method: 'POST',
    path: '/access/v1/evaluations',
    summary: 'Ask many such questions at once',
    body: Type.Object({
      subject: Default('subject'),
      action: DefaultAction,
      resource: Default('resource'),
      context,
      evaluations: Type.Optional(
        Type.Array(
          Type.Unknown({
            description: 'Subject, action, resource and context of one question, where they differ from those above',
          }),
          { maxItems: maximumEvaluations, description: 'Questions, answered in order' },
        ),
      ),
      options: Type.Optional(
        Type.Object({
          evaluations_semantic: Type.Optional(
            Choice(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'], 'When to stop'),
          ),
        }),
      ),
    }),
    output: Type.Object({
      decision: Type.Optional(decision),
      context: reasons,
      evaluations: Type.Optional(
        Type.Array(Type.Object({ decision, context: reasons }), {
          description: 'Answers in the order of the questions, up to the one that ended them',
        }),
      ),
    }),
    errors: [],
    access: evaluating,
  }),
  searchSubject: operation({
    id: 'authzen.searchSubject',
    method: 'POST',
    path: '/access/v1/search/subject',
    summary: 'List the subjects of a type that may do something to a resource',
    body: Type.Object({ subject: Sought('subject'), action: Action, resource: Entity('resource'), context, page }),
    output: results('subject'),
    errors: [],
    access: searching,
  }),
  searchResource: operation({
    id: 'authzen.searchResource',
    method: 'POST',
    path: '/access/v1/search/resource',
    summary: 'List the resources of a type to which a subject may do something',
    body: Type.Object({ subject: Entity('subject'), action: Action, resource: Sought('resource'), context, page }),
    output: results('resource'),
    errors: [],
    access: searching,
  }),
  searchAction: operation({
    id: 'authzen.searchAction',
    method: 'POST',
    path: '/access/v1/search/action',
    summary: 'List what a subject may do to a resource',
    body: Type.Object({ subject: Entity('subject'), resource: Entity('resource'), context, page }),
    output: Type.Object({ results: Type.Array(Type.Object({ name: ActionName })), page: pageOut }),
    errors: [],
    access: searching,
  }),
  configuration: operation({
    id: 'authzen.configuration',
    method: 'GET',
    path: '/.well-known/authzen-configuration',
    summary: 'Tell where decisions are asked for',
    output: Type.Object({
      policy_decision_point: Text('Address of this server'),
      access_evaluation_endpoint: Text('For one question'),
      access_evaluations_endpoint: Text('For many'),
      search_subject_endpoint: Text('For who may'),
      search_resource_endpoint: Text('For to what'),
      search_action_endpoint: Text('For what'),
    }),
    errors: [],
    access: { kind: 'public' },
  }),
};
