import { CommandError } from '../command-error.ts';
import type { Json, JsonObject } from '../output/result.ts';
import type { Calls } from './calls.ts';
import { type Key, kinds, type PolicyValue, type RuleValue } from './organization.ts';
import type { Change, Plan } from './plan.ts';
import { workOn } from './work.ts';

export type Outcome = 'done' | 'failed' | 'left';

/** What became of a plan. */
export interface Execution {
  readonly outcomes: ReadonlyMap<Change, Outcome>;
  /** Ids of what was made, by the key that stood for it. */
  readonly ids: ReadonlyMap<Key, string>;
  readonly failures: readonly { readonly change: Change; readonly error: CommandError }[];
}

export interface ExecuteOptions {
  readonly calls: Calls;
  readonly organizationId: string;
  readonly isOwnAccess: (change: Change) => boolean;
  readonly onDone: (done: number) => void;
}

/** Carries a plan out, side by side where nothing depends on another. After a failure nothing new begins. */
export async function execute({ changes }: Plan, options: ExecuteOptions): Promise<Execution> {
  const outcomes = new Map<Change, Outcome>(changes.map((change) => [change, 'left']));
  const ids = new Map<Key, string>();
  const failures: { readonly change: Change; readonly error: CommandError }[] = [];
  const { calls, organizationId } = options;
  const context = { calls, organizationId, idOf: (key: Key) => ids.get(key) ?? key };
  let before = 0;
  for (const stage of stagesOf(changes, options.isOwnAccess)) {
    if (failures.length > 0) break;
    const work = async (change: Change) => {
      try {
        const id = await carryOut(change, context);
        if (id !== null) ids.set(change.key, id);
        outcomes.set(change, 'done');
      } catch (failure) {
        if (!(failure instanceof CommandError)) throw failure;
        outcomes.set(change, 'failed');
        failures.push({ change, error: failure });
        throw failure;
      }
    };
    await workOn(stage, work, (done) => options.onDone(before + done)).catch((failure: unknown) => {
      if (!(failure instanceof CommandError)) throw failure;
    });
    before += stage.length;
  }
  return { outcomes, ids, failures };
}

/** What is needed comes first, what needs it is deleted first, and what may take the caller's own access away is last. */
function stagesOf(
  changes: readonly Change[],
  isOwnAccess: (change: Change) => boolean,
): readonly (readonly Change[])[] {
  const others = changes.filter((change) => !isOwnAccess(change));
  const made = (kind: string) => others.filter((change) => change.kind === kind && change.action !== 'delete');
  const gone = (kind: string) => others.filter((change) => change.kind === kind && change.action === 'delete');
  // Names of groups are unique: one that is to be taken by another must be free by then.
  const names = new Set(made('group').map(({ name }) => name));
  const inTheWay = gone('group').filter(({ name }) => names.has(name));
  return [
    inTheWay,
    ...kinds.map(made),
    ...kinds.toReversed().map((kind) => gone(kind).filter((change) => !inTheWay.includes(change))),
    ...changes.filter(isOwnAccess).map((change) => [change]),
  ];
}

interface Context {
  readonly calls: Calls;
  readonly organizationId: string;
  readonly idOf: (key: Key) => string;
}

/** @returns the id of what was made, null for anything else */
async function carryOut(change: Change, context: Context): Promise<string | null> {
  const { calls, organizationId } = context;
  const resource = resources[change.kind];
  if (change.after === null) {
    await calls.call(`${resource}.delete`, { [`${change.kind}_id`]: change.key });
    return null;
  }
  const isNew = change.action === 'create';
  const fields = new Set(change.fields.map(({ field }) => field));
  let id = change.key;
  const own = ownMembers(change, context, (field) => isNew || fields.has(field));
  if (isNew) {
    const made = await calls.call(`${resource}.create`, {}, { ...own, organization_id: organizationId });
    id = String(made.id);
  } else if (Object.keys(own).length > 0) {
    await calls.call(`${resource}.update`, { [`${change.kind}_id`]: id }, own);
  }
  // The others are named by what makes or changes the thing itself.
  if (change.kind === 'group' && (fields.has('users') || fields.has('applications'))) {
    const { users, applications } = change.after;
    const members = { user_ids: users.map(context.idOf), application_ids: applications.map(context.idOf) };
    await calls.call('groups.setMembers', { group_id: id }, members);
  }
  if (change.kind === 'policy' && !isNew && fields.has('rules')) {
    await calls.call('rules.set', {}, { policy_id: id, rules: rulesOf(change.after, context) });
  }
  return isNew ? id : null;
}

const resources = { project: 'projects', application: 'applications', group: 'groups', policy: 'policies' } as const;

/** What the call that makes or changes a thing says about it. */
function ownMembers(change: Change, context: Context, isSent: (field: string) => boolean): JsonObject {
  if (change.after === null) return {};
  const { name, description } = change.after;
  const members: Record<string, Json> = {};
  if (isSent('name')) members.name = name;
  if (isSent('description')) members.description = description;
  if (change.kind !== 'project' && isSent('tags')) members.tags = change.after.tags;
  if (change.kind === 'policy') {
    if (isSent('attached_to')) Object.assign(members, principalOf(change.after, context));
    if (change.action === 'create') members.rules = rulesOf(change.after, context);
  }
  return members;
}

function principalOf({ principal }: PolicyValue, { idOf }: Context): JsonObject {
  return principal === null ? { no_principal: true } : { [`${principal.kind}_id`]: idOf(principal.key) };
}

function rulesOf({ rules }: PolicyValue, context: Context): Json {
  return rules.map((rule) => specification(rule, context));
}

function specification({ permissionSets, scope, condition }: RuleValue, { organizationId, idOf }: Context): Json {
  return {
    permission_set_names: permissionSets,
    condition,
    ...(typeof scope === 'string' ? { organization_id: organizationId } : { project_ids: scope.map(idOf) }),
  };
}
