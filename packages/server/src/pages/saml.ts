import type { FastifyInstance } from 'fastify';
import type { Services } from '../context.ts';
import { ownMetadata } from '../saml/metadata.ts';
import { html } from './markup.ts';
import { toldAs } from './problems.ts';
import { type Visit, visitOf } from './visit.ts';

/** The largest answer in base 64, with its letters written for a form. */
const bodyLimit = 512 * 1024;

type WithId = { readonly Params: { readonly saml_id: string } };

/** What identity providers look for: our metadata, and where they have people sent back to. */
export function registerSaml(app: FastifyInstance, services: Services): void {
  const onRequest = async ({ ip }: { readonly ip: string }) => services.limits.arrived(ip);
  app.get<WithId>('/saml/:saml_id', { onRequest }, async ({ params }, reply) => {
    const metadata = await ownMetadata(services, params.saml_id);
    reply.header('content-type', 'application/samlmetadata+xml').header('cache-control', 'no-cache');
    return reply.send(Buffer.from(metadata));
  });
  app.post<WithId>('/iam/v1/saml/:saml_id/login', { bodyLimit, onRequest }, (request, reply) =>
    takeAnswer(visitOf(app, services, request, reply), request.params.saml_id),
  );
}

/**
 * Another site posts here, so the browser sends no cookie of ours along. All that is made of the answer is a token, with which
 * the browser is led to our own page: the one that began there finishes there.
 */
async function takeAnswer(visit: Visit, samlId: string): Promise<void> {
  const response = visit.form.get('SAMLResponse') ?? '';
  const answer = await visit.ask('signIn.answerSaml', { configuration: samlId, response });
  if (answer.ok) return visit.goTo(comeBack(answer.output.answer));
  if (answer.problem.type === 'denied_authentication') return visit.goTo(comeBack(''));
  return visit.show({ ...notTaken, problem: toldAs(answer.problem) }, answer.status);
}

const comeBack = (answer: string): string => `/auth/sign-in?${new URLSearchParams({ saml_answer: answer })}`;

const notTaken = {
  title: 'This sign-in did not work',
  contents: html`<p><a href="/auth/sign-in">Begin again</a></p>`,
};
