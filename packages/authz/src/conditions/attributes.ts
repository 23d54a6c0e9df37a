import type { Circumstances } from '../facts.ts';

/** What conditions may read, beside `subject.properties.*` and `resource.properties.*`. */
export const attributes = {
  request: ['ip', 'time', 'user_agent'],
  resource: ['id', 'name', 'locality', 'properties'],
  subject: ['id', 'type', 'properties'],
} as const;

/** Characters of a user agent that conditions see (docs/conditions.md). */
export const userAgentLength = 255;

/** The attributes that are texts, by their path. Undefined where the question does not have them. */
export const textAttributes: Readonly<Record<string, (question: Circumstances) => string | undefined>> = {
  'request.ip': ({ request }) => request?.ip,
  'request.user_agent': ({ request }) => cutUserAgent(request?.userAgent),
  'resource.id': ({ resource }) => resource?.id,
  'resource.name': ({ resource }) => resource?.name,
  'resource.locality': ({ resource }) => resource?.locality,
};

function cutUserAgent(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= userAgentLength) return text;
  return [...text].slice(0, userAgentLength).join('');
}

/** The value of an attribute for people; null where it is absent. */
export function attributeValue(path: string, question: Circumstances): unknown {
  if (path === 'request.time') return new Date(question.now / 1000).toISOString();
  const text = textAttributes[path];
  if (text) return text(question) ?? null;
  const [root, name, ...rest] = path.split('.');
  const holder = root === 'subject' ? question.subject : question.resource;
  let value: unknown = holder?.[name as 'properties'];
  for (const part of rest) value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  return value ?? null;
}
