import { decide, dependsOnConditions, type Organization, type Question, type QuestionScope } from '@bailiwick/authz';
import {
  ApiError,
  type MissingPermission,
  notFound,
  type Operation,
  type Permission,
  type PermissionAccess,
  type SelfAccess,
} from '@bailiwick/contract';
import { noMapping } from '../authzen/mapped.ts';
import { asksAboutOthers } from '../authzen/subjects.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Caller, Services } from '../context.ts';
import type { Storage } from '../storage/storage.ts';
import { type Authorized, authorized } from './authorized.ts';
import { bearerOfKey, projectOfSshKey, targetAttributes, userOfAuthenticator } from './targets.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Who asks for what, and where to read what the decision depends on. */
interface Request {
  readonly services: Services;
  readonly caller: Caller;
  readonly organization: Organization;
  readonly scope: Authorized;
  readonly input: Input;
  readonly db: Storage['db'];
}

/**
 * Asks the engine whether the caller may use the operation with this input, in the caller's own organization.
 *
 * @param organization what the engine knows of it, at least as new as the caller's credential
 * @throws ApiError `permissions_denied` with every missing permission; `not_found` for another organization, which
 * the caller cannot know of
 */
export async function authorize(
  services: Services,
  caller: Caller,
  { access }: Operation,
  input: Input,
  organization: Organization,
  db: Storage['db'] = services.storage.db,
): Promise<Authorized> {
  const scope = authorized(caller.actor.organizationId);
  const request: Request = { services, caller, organization, scope, input, db };
  // Each has a credential of its own; neither is ever looked up for the other.
  if ((access.kind === 'scim') !== (caller.actor.kind === 'platform')) throw permissionsDenied([], services.catalogue);
  if (access.kind === 'permission') {
    const missing = await missingPermissions(request, access);
    if (missing !== null) throw permissionsDenied(missing, services.catalogue);
  }
  if (access.kind === 'bearer') {
    // An operation that is open to every bearer names no permission that a locked one could lack.
    if (isLocked(request)) throw permissionsDenied([], services.catalogue);
    const missing = await missingPermissions(request, { ...access, ...nothingNeeded });
    if (missing !== null) throw permissionsDenied(missing, services.catalogue);
  }
  const named = input.organization_id;
  if (typeof named === 'string' && named !== scope.organizationId) throw notFound('organization', named);
  return scope;
}

const nothingNeeded = { kind: 'permission', permissions: [], needs: 'all', scope: 'organization' } as const;

function isLocked({ organization, caller }: Request): boolean {
  return organization.principals.get(caller.actor.id)?.locked ?? true;
}

/** What the caller lacks; null when it may. */
async function missingPermissions(request: Request, access: PermissionAccess): Promise<readonly Permission[] | null> {
  const bearer = access.needs === 'bearer' ? await bearerInQuestion(request, access) : null;
  const aboutUserId = access.self && (await selfSubject(request, access.self, bearer));
  const where = await scopeOf(request, access);
  const ask = async (permission: Permission): Promise<boolean> => {
    const question: Question = {
      ...baseQuestion(request),
      permission,
      scope: where,
      ...(aboutUserId !== undefined && { aboutUserId }),
    };
    if (!dependsOnConditions(request.organization, question)) return decide(request.organization, question).allowed;
    const resource = await targetAttributes(request.db, request.scope, access.target, request.input);
    return decide(request.organization, { ...question, ...(resource && { resource }) }).allowed;
  };
  if (access.self && (await ask(access.self.permission))) return null;

  const needed = neededPermissions(access, bearer, request);
  const missing: Permission[] = [];
  for (const permission of needed) if (!(await ask(permission))) missing.push(permission);
  // A key that does not exist has no bearer: whoever may touch keys of some kind may learn that.
  const enough = bearer === 'no such key' ? missing.length < needed.length : missing.length === 0;
  if (needed.length === 0 && access.self) return [access.self.permission];
  return enough ? null : missing;
}

function baseQuestion({ services, caller }: Request): Pick<Question, 'principalId' | 'now' | 'request'> {
  return {
    principalId: caller.actor.id,
    now: services.clock.now(),
    request: { ip: caller.ip, userAgent: caller.userAgent },
  };
}

interface Bearer {
  readonly kind: 'user' | 'application';
  readonly id: string | undefined;
}

/** The bearer of the API keys that the operation is about; null when they may be of both kinds. */
async function bearerInQuestion(
  { db, scope, input, organization }: Request,
  { target }: PermissionAccess,
): Promise<Bearer | 'no such key' | null> {
  if (target && target.kind !== 'new') {
    return (await bearerOfKey(db, scope, String(input[target.input]))) ?? 'no such key';
  }
  const { user_id: userId, application_id: applicationId, bearer_id: bearerId, bearer_type: type } = input;
  if (typeof userId === 'string') return { kind: 'user', id: userId };
  if (typeof applicationId === 'string') return { kind: 'application', id: applicationId };
  const id = typeof bearerId === 'string' ? bearerId : undefined;
  if (type === 'user' || type === 'application') return { kind: type, id };
  // Other filters leave a list open to keys of both kinds.
  const kind = id === undefined ? undefined : organization.principals.get(id)?.kind;
  return kind === undefined ? null : { kind, id };
}

async function selfSubject(
  { caller, input, db, scope }: Request,
  { user, whenAbsent }: SelfAccess,
  bearer: Bearer | 'no such key' | null,
): Promise<string | undefined> {
  if (user === 'caller') return caller.actor.id;
  if (user === 'authenticator') return userOfAuthenticator(db, scope, String(input.authenticator_id));
  if (user !== 'bearer') {
    const named = input[user] ?? (whenAbsent === 'caller' ? caller.actor.id : undefined);
    return typeof named === 'string' ? named : undefined;
  }
  return bearer !== null && typeof bearer === 'object' && bearer.kind === 'user' ? bearer.id : undefined;
}

/** Where the permission is asked for. What is in no project that exists is asked of all of them. */
async function scopeOf(request: Request, { scope, target }: PermissionAccess): Promise<QuestionScope> {
  const everywhere = { kind: 'organization', organizationId: request.scope.organizationId } as const;
  if (scope === 'organization') return everywhere;
  const named = target && target.kind !== 'new' ? request.input[target.input] : undefined;
  const projectId =
    typeof named === 'string' ? await projectOfSshKey(request.db, request.scope, named) : request.input.project_id;
  if (typeof projectId !== 'string' || !request.organization.projects.has(projectId)) return everywhere;
  return { kind: 'project', projectId };
}

function neededPermissions(
  { permissions, needs, alsoWith }: PermissionAccess,
  bearer: Bearer | 'no such key' | null,
  { input, caller, services, organization }: Request,
): readonly Permission[] {
  const fitting = (kind: string) => permissions.filter((permission) => permission.startsWith(`iam:${kind}_api_key:`));
  const needed =
    needs === 'bearer' && bearer !== null && typeof bearer === 'object' ? fitting(bearer.kind) : permissions;
  if (!alsoWith) return needed;
  const value = input[alsoWith.input];
  const callerId = caller.actor.id;
  const also = {
    empty: () => holdsAnything(value),
    caller: () => namesAnother(value, callerId),
    'own subjects': () => {
      const mapping = services.settings.authzen().get(organization.id) ?? noMapping;
      return asksAboutOthers(input, mapping, organization, callerId);
    },
  }[alsoWith.unless]();
  return also ? [...needed, alsoWith.permission] : needed;
}

const holdsAnything = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined);

/** A subject that is not the caller itself, or might not be. */
function namesAnother(value: unknown, callerId: string): boolean {
  if (value === undefined) return false;
  return !(typeof value === 'object' && value !== null && Reflect.get(value, 'principal_id') === callerId);
}

/** A 403 that lists what is missing, each pair once. */
export function permissionsDenied(permissions: readonly Permission[], catalogue: Catalogue): ApiError {
  const pairs = new Map<string, MissingPermission>();
  for (const permission of permissions) {
    const action = permission.split(':')[2] ?? '';
    const resource = catalogue.permissionErrorResource(permission);
    pairs.set(`${action} ${resource}`, { action, resource });
  }
  return new ApiError({ type: 'permissions_denied', details: [...pairs.values()] });
}
