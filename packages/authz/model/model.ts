/**
 * The semantics of decisions (docs/decisions-explained.md) as plainly as they can be said: no index, no cache, no order of
 * evaluation that matters. It shares the catalogue's data and the CEL library with the engine, and no code. It has no limits:
 * a pattern that the engine gives up on, because it would take too long, is an ordinary one here.
 */
import {
  type CelInput,
  CelScalar,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  parse,
  plan,
  run,
  unparse,
} from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import ipaddr from 'ipaddr.js';
import type { CatalogueData, OrganizationFacts, Question, RuleFact } from '../src/index.ts';

/** What the model says of a question, and because of what. */
export interface Judgement {
  readonly allowed: boolean;
  /** Ids of the rules that grant what was asked, in order. */
  readonly granting: readonly string[];
  /** Rules that would grant but for their condition. */
  readonly failing: readonly {
    readonly ruleId: string;
    readonly verdict: 'false' | 'error';
    readonly clause: string;
  }[];
}

/** @param read reads a condition; whoever asks about the same few conditions a million times may hand in one that remembers */
export function judge(
  facts: OrganizationFacts,
  catalogue: CatalogueData,
  question: Question,
  read: typeof readCondition = readCondition,
): Judgement {
  const nothing = { allowed: false, granting: [], failing: [] };
  const user = facts.users.find(({ id }) => id === question.principalId);
  const application = facts.applications.find(({ id }) => id === question.principalId);
  const permissions = listPermissions(catalogue);
  const scopeOf = (name: string) => permissions.find((each) => each.name === name)?.scope;
  const kind = scopeOf(question.permission);
  const { scope } = question;
  if ((!user && !application) || kind === undefined) return nothing;

  const groupIds = facts.groups
    .filter(
      (group) =>
        (group.kind === 'all_users' && user) ||
        (group.kind === 'all_applications' && application && !application.managed) ||
        (group.kind === 'ordinary' && [...group.userIds, ...group.applicationIds].includes(question.principalId)),
    )
    .map(({ id }) => id);
  const rules = facts.policies
    .filter(({ principalId }) => principalId === question.principalId || groupIds.includes(principalId ?? ''))
    .flatMap((policy) => policy.rules);

  const asked = withRequired(question.permission, permissions);
  const candidates = asked.flatMap((permission) =>
    user?.owner || kind === 'self'
      ? []
      : rules
          .filter((rule) => rule.permissionSetIds.some((id) => setHolds(id, permission, catalogue, permissions)))
          .filter((rule) => covers(rule, question, scopeOf(permission)))
          .map((rule) => ({ permission, rule, failure: failureOf(read(rule.condition), question) })),
  );
  const granting = candidates.filter(({ failure }) => failure === null);
  const failing = candidates.flatMap(({ rule, failure }) => (failure ? [{ ruleId: rule.id, ...failure }] : []));

  const inScope =
    scope.kind === 'organization'
      ? scope.organizationId === facts.id
      : facts.projects.includes(scope.projectId) && kind === 'project';
  const usable = !user?.locked && !(question.expiresAt != null && question.expiresAt <= question.now);
  const granted =
    kind === 'self'
      ? user !== undefined && question.aboutUserId === user.id
      : user?.owner || asked.every((name) => granting.some(({ permission }) => permission === name));
  return {
    allowed: Boolean(inScope && usable && granted),
    granting: granting.map(({ rule }) => rule.id).sort(),
    failing: failing.sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1)),
  };
}

function covers({ scope }: RuleFact, question: Question, kind: string | undefined): boolean {
  if (scope.kind === 'organization') return true;
  if (scope.kind !== 'projects' || question.scope.kind !== 'project' || kind !== 'project') return false;
  return scope.projectIds.includes(question.scope.projectId);
}

function listPermissions({ services }: CatalogueData) {
  return services.flatMap((service) =>
    service.resources.flatMap(({ name: resource, scope, actions }) =>
      actions.map((action) => ({ ...action, scope, name: `${service.name}:${resource}:${action.name}` })),
    ),
  );
}

type Listed = ReturnType<typeof listPermissions>;

function withRequired(permission: string, all: Listed, known: readonly string[] = []): readonly string[] {
  const entry = all.find(({ name }) => name === permission);
  if (!entry || known.includes(permission)) return known;
  return (entry.requires ?? []).reduce<readonly string[]>(
    (more, each) => withRequired(each, all, more),
    [...known, permission],
  );
}

function setHolds(id: string, permission: string, catalogue: CatalogueData, all: Listed, seen: string[] = []): boolean {
  const set = catalogue.permissionSets.find((each) => each.id === id);
  const entry = all.find(({ name }) => name === permission);
  if (!set || !entry || set.deprecated || seen.includes(id)) return false;
  const own =
    set.scope_type.startsWith(entry.scope) &&
    set.permissions.some((pattern) =>
      pattern.includes('*')
        ? !entry.privileged && new RegExp(`^${pattern.replaceAll('*', '[^:]+')}$`).test(permission)
        : pattern === permission,
    );
  const included = catalogue.permissionSets.filter(({ name }) => set.includes.includes(name));
  return own || included.some((each) => setHolds(each.id, permission, catalogue, all, [...seen, id]));
}

function inIpRange(address: string, network: string): boolean {
  const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.parse(network), 128];
  const widened = (each: typeof base) => (each.kind() === 'ipv4' ? (each as ipaddr.IPv4).toIPv4MappedAddress() : each);
  const length = base.kind() === 'ipv4' ? Math.min(bits, 32) + 96 : bits;
  return widened(ipaddr.parse(address)).match(widened(base) as ipaddr.IPv6, length);
}

const { BOOL, STRING } = CelScalar;
const environment = celEnv({
  funcs: [
    celFunc('inIpRange', [STRING, STRING], BOOL, inIpRange),
    celMethod('inIpRange', STRING, [STRING], BOOL, function (network) {
      return inIpRange(this, network);
    }),
  ],
});

type Failure = { readonly verdict: 'false' | 'error'; readonly clause: string };

/** A term of a conjunction: as it was written, and how it is evaluated. */
interface Term {
  readonly clause: string;
  readonly run: ReturnType<typeof plan>;
}

/** The terms of a condition; none for no condition. */
export function readCondition(condition: string): readonly Term[] {
  if (condition === '') return [];
  const terms = (expr: Expr): Expr[] =>
    expr.exprKind.case === 'callExpr' && expr.exprKind.value.function === '_&&_'
      ? expr.exprKind.value.args.flatMap(terms)
      : [expr];
  const parsed = parse(condition);
  const written = terms(parsed.expr).map((expr) => unparse({ ...parsed, expr }));
  return terms(parse(timesInTexts(condition)).expr).map((expr, index) => ({
    clause: written[index] ?? '',
    run: plan(environment, expr),
  }));
}

/** The first term of the conjunction that decides; null when the condition is true. */
function failureOf(terms: readonly Term[], question: Question): Failure | null {
  const values = terms.map(({ run }) => value(run, question));
  const decisive = values.includes(false) ? values.indexOf(false) : values.findIndex((each) => each !== true);
  const clause = terms[decisive]?.clause;
  return clause === undefined ? null : { verdict: values[decisive] === false ? 'false' : 'error', clause };
}

function value(evaluate: Term['run'], { now, request, resource, subject }: Question): unknown {
  const time = timestampFromMs(Math.floor(now / 1000));
  time.nanos += (now % 1000) * 1000;
  const known = (entries: Readonly<Record<string, unknown>>) =>
    new Map(Object.entries(entries).filter(([, held]) => held !== undefined)) as Map<string, CelInput>;
  const userAgent = request?.userAgent === undefined ? undefined : [...request.userAgent].slice(0, 255).join('');
  try {
    return evaluate({
      request: known({ time, ip: request?.ip, user_agent: userAgent }),
      resource: known({ ...resource }),
      ...(subject && { subject: known({ ...subject }) }),
    });
  } catch {
    return undefined;
  }
}

/** A text that `request.time` is compared with is read as a time, if it is one. */
function timesInTexts(condition: string): string {
  const read = (quoted: string) => (isCelError(run(`timestamp(${quoted})`)) ? quoted : `timestamp(${quoted})`);
  return condition
    .replace(/(request\.time (?:==|!=|<=|>=|<|>) )("[^"]*"|'[^']*')/g, (_, before, text) => before + read(text))
    .replace(/("[^"]*"|'[^']*')( (?:==|!=|<=|>=|<|>) request\.time\b)/g, (_, text, after) => read(text) + after);
}
