import { whoCan as allowed, decide, explain, type Question, whatCan as reachOf, themselves } from '@bailiwick/authz';
import type { Handler } from '../context.ts';
import { inPieces } from '../in-pieces.ts';
import { pageOf } from '../storage/pages.ts';
import { describeExplanation } from './explanation.ts';
import { lookUpNames } from './names.ts';
import { namesOfPrincipals } from './store.ts';
import { readAttributes, readScope, readSubject } from './subjects.ts';

/** Items on a page of a search. */
const pageSize = 100;

export const check: Handler<'decisions.check'> = async (context, { permissions, subject, ...asked }) => {
  const { organization } = context;
  const about = await readSubject(context, subject);
  const attributes = readAttributes(context, { ...asked, ...(subject && { subject }) });
  // The same in all questions, put together once: there may be a hundred.
  const common = { ...about, ...attributes, aboutUserId: about.principalId };
  const responses = permissions.map((each) => {
    const permission = `${each.service}:${each.name}:${each.action}`;
    const question: Question = { ...common, permission, scope: readScope(context, each) };
    return { decision: word(decide(organization, question).allowed) };
  });
  return { responses };
};

export const explainOne: Handler<'decisions.explain'> = async (context, { permission, subject, ...asked }) => {
  const { organization } = context;
  const about = await readSubject(context, subject);
  const question: Question = {
    ...about,
    ...readAttributes(context, { ...asked, ...(subject && { subject }) }),
    permission,
    scope: readScope(context, asked),
    aboutUserId: about.principalId,
  };
  return describeExplanation(context, organization, question, explain(organization, question));
};

export const whoCan: Handler<'decisions.whoCan'> = async (context, { permission, page, page_size, ...asked }) => {
  const { organization } = context;
  const question = {
    ...readAttributes(context, { ...asked, subject: {} }),
    permission,
    scope: readScope(context, asked),
  };
  const { rows, total } = pageOf(
    await inPieces(allowed(organization, { ...question, aboutUserId: themselves })),
    pageRequest({ page, page_size }),
    pageSize,
  );
  const names = await namesOfPrincipals(
    context.storage.db,
    context.scope,
    rows.map(({ id }) => id),
  );
  const principals = rows.map(({ kind, id }) => ({
    type: kind,
    id,
    name: names.get(id) ?? '',
    because: decide(organization, { ...question, principalId: id, aboutUserId: id }).because,
  }));
  return { principals, total_count: total };
};

export const whatCan: Handler<'decisions.whatCan'> = async (context, { subject, page, page_size, ...asked }) => {
  const { organization } = context;
  const about = await readSubject(context, subject);
  const reach = await inPieces(
    reachOf(organization, {
      ...about,
      ...readAttributes(context, { ...asked, ...(subject && { subject }) }),
      aboutUserId: about.principalId,
    }),
  );
  const { rows, total } = pageOf(reach, pageRequest({ page, page_size }), pageSize);
  const projects = rows.flatMap(({ projectIds }) => projectIds);
  const names = await lookUpNames(context, organization, { principals: [], groups: [], projects });
  const permissions = rows.map(({ permission, organization: everywhere, projectIds }) => ({
    permission,
    organization: everywhere,
    projects: projectIds.map((id) => ({ id, name: names.project(id) })),
  }));
  return { permissions, total_count: total };
};

const word = (allowed: boolean) => (allowed ? ('allow' as const) : ('deny' as const));

function pageRequest({ page, page_size }: { page: number | undefined; page_size: number | undefined }) {
  return { ...(page !== undefined && { page }), ...(page_size !== undefined && { page_size }) };
}
