import {
  type Decision,
  decide,
  type Organization,
  type Properties,
  type Question,
  type QuestionScope,
} from '@bailiwick/authz';
import { builtInDefinitions } from '../catalogue/built-in.ts';
import type { Caller } from '../context.ts';
import type { ActionEntity, Entity, Evaluation } from './entities.ts';
import type { AuthzenMapping } from './mapped.ts';

/** Who asks, in which organization, and how its words are read. */
export interface Asking {
  readonly organization: Organization;
  readonly mapping: AuthzenMapping;
  readonly caller: Pick<Caller, 'actor' | 'ip' | 'userAgent'>;
  /** The same for all questions of a call. */
  readonly now: number;
}

export function evaluate(asking: Asking, evaluation: Evaluation): Decision {
  return decide(asking.organization, toQuestion(asking, evaluation));
}

/** A question of AuthZEN in the words of the engine. What nobody knows stays unknown, and is refused. */
export function toQuestion(asking: Asking, { subject, action, resource, context }: Evaluation): Question {
  const { organization, mapping, caller, now } = asking;
  const principalId = principalOf(mapping, organization, subject) ?? nobody;
  const type = mapping.types.get(resource.type);
  const known = mapping.resources.get(resource.type)?.get(resource.id);
  const properties = { ...known, ...resource.properties };
  const ours = type?.resource ?? resource.type;
  const own = principalId === caller.actor.id;
  return {
    principalId,
    permission: permissionOf(ours, actionOf(mapping, resource.type, action)),
    scope: scopeOf(mapping, organization, properties),
    now,
    aboutUserId: principalId,
    request: {
      ...(own && { ip: caller.ip, userAgent: caller.userAgent }),
      ...named('ip', textOf(context?.ip)),
      ...named('userAgent', textOf(context?.user_agent)),
    },
    resource: {
      id: resource.id,
      ...named('name', textOf(properties.name)),
      ...named('locality', textOf(properties.locality)),
      ...(isOfOperator(ours) && { properties }),
    },
    ...(isOfOperator(ours) && {
      subject: {
        id: subject.id,
        type: subject.type,
        properties: { ...mapping.subjects.get(subject.type)?.get(subject.id)?.properties, ...subject.properties },
      },
    }),
  };
}

/** Unknown unless type and action are one each: a separator in the wrong one would make another permission of them. */
function permissionOf(type: string, action: string): string {
  return type.split(':').length === 2 && !action.includes(':') ? `${type}:${action}` : '';
}

/** No id of anybody. */
const nobody = '';

/**
 * The user or application that a subject stands for: as the file says, else by its own id under the type that it has.
 * Undefined for one that the organization does not have.
 */
export function principalOf(
  mapping: AuthzenMapping,
  organization: Pick<Organization, 'principals'>,
  { type, id }: Pick<Entity, 'type' | 'id'>,
): string | undefined {
  const mapped = mapping.subjects.get(type)?.get(id);
  if (mapped) return mapped.principalId;
  const own = id.toLowerCase();
  return organization.principals.get(own)?.kind === type ? own : undefined;
}

/** Our action; one that the type does not have is none of ours. */
function actionOf({ types }: AuthzenMapping, type: string, { name, properties = {} }: ActionEntity): string {
  const actions = types.get(type)?.actions ?? null;
  if (actions === null) return name;
  const mapped = actions.get(name);
  const variant = mapped?.variants.find((each) => holdsAll(properties, each.properties));
  return variant?.action ?? mapped?.action ?? '';
}

function holdsAll(properties: Properties, wanted: Properties): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(properties, name) && JSON.stringify(properties[name]) === JSON.stringify(value),
  );
}

/** Where is asked. What is no id is no place. */
function scopeOf({ defaultScope }: AuthzenMapping, { id }: Organization, properties: Properties): QuestionScope {
  const { project_id: projectId, organization_id: organizationId } = properties;
  if (projectId != null) return { kind: 'project', projectId: idOf(projectId) };
  if (organizationId != null) return { kind: 'organization', organizationId: idOf(organizationId) };
  return defaultScope ?? { kind: 'organization', organizationId: id };
}

const idOf = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

/** Attributes that conditions see have at most so many characters: their cost is counted with it. */
const maximumAttribute = 1024;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= maximumAttribute ? value : undefined;
}

const named = <N extends string>(name: N, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: string };

let enforcedHere: ReadonlySet<string> | undefined;

/**
 * Whether a resource belongs to a service of the operator. What this server enforces itself knows no properties: what is
 * answered here must be what happens there.
 */
export function isOfOperator(resource: string): boolean {
  enforcedHere ??= new Set(builtInDefinitions().services.map(({ name }) => name.text));
  return !enforcedHere.has(resource.split(':', 1)[0] ?? '');
}
