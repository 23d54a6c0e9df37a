import type { Json } from './server.ts';

const digits = '[1, 2, 3, 4, 5, 6, 7, 8, 9]';
/** Every name runs through all digits for each digit of the one before. */
const nested = ['a', 'b', 'c', 'd', 'e'].reduceRight((inner, name) => `${digits}.all(${name}, ${inner})`, 'a + e > 0');

const policyOf =
  (...rules: readonly Json[]) =>
  (organization_id: string) =>
    ['policies', { name: 'x', rules: rules.map((rule) => ({ organization_id, ...rule })) }] as const;
const conditionOf = (condition: string) => policyOf({ permission_set_names: ['IAMReadOnly'], condition });
const listOf = <T>(length: number, item: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => item(index));

/** Inputs that would cost much, if they were not refused before. What each is, path and body. */
export const hostileRequests: Readonly<Record<string, (organization: string) => readonly [string, Json]>> = {
  'macros within macros': conditionOf(nested),
  'a condition of brackets': conditionOf(`${'('.repeat(1000)}true${')'.repeat(1000)}`),
  'a condition that is too long': conditionOf(`"${'a'.repeat(100_000)}" == ""`),
  'a condition that builds a long text': conditionOf(`request.user_agent${' + request.user_agent'.repeat(90)} == ""`),
  'a pattern that repeats a thousand times': conditionOf('request.user_agent.matches("^(.*){999}[^y]$")'),
  'patterns that repeat a thousand times': conditionOf(
    listOf(16, () => 'resource.name.matches("^(.?){999}$")').join(' || '),
  ),
  'a pattern that repeats a million times': conditionOf('request.user_agent.matches("(a{999}){999}")'),
  'a pattern that takes long to read': conditionOf(`request.user_agent.matches("(?i)${'[b-\u{1e942}]'.repeat(50)}")`),
  'a hundred rules of five hundred unknown sets': policyOf(
    ...listOf(100, (rule) => ({ permission_set_names: listOf(500, (set) => `Nothing${rule}x${set}`) })),
  ),
  'ten thousand rules': policyOf(...listOf(10_001, () => ({ permission_set_names: ['IAMReadOnly'] }))),
  'a name of a megabyte': () => ['groups', { name: 'a'.repeat(1_000_000) }],
  'ten thousand questions': () => [
    'check-permissions',
    { permissions: listOf(10_000, () => ({ service: 'iam', name: 'user', action: 'list' })) },
  ],
  'a token of a megabyte': () => [
    'check-permissions',
    { permissions: [], subject: { session_token: 'a.'.repeat(400_000) } },
  ],
  'an attribute of a megabyte': () => [
    'explain',
    { permission: 'iam:user:list', request: { user_agent: 'a'.repeat(900_000) } },
  ],
};

const manyLetters = 'a'.repeat(250);
/** Conditions that are kept, each with a client that it is false for and that other engines take for ever over. */
export const hostileConditions: readonly (readonly [condition: string, userAgent: string])[] = [
  ['request.user_agent.matches("^(a+)+$")', `${manyLetters}!`],
  ['request.user_agent.matches("^(a|aa)+$")', `${manyLetters}!`],
  ['request.user_agent.matches("^(?:.?){45}$")', manyLetters],
  ['request.user_agent.matches("(?:.?){40}\\\\b\\\\B$")', 'aa '.repeat(85)],
  ['request.user_agent.matches(request.ip + "|^(.?){999}$")', manyLetters],
  ['request.user_agent.matches("(.*)*x")', manyLetters],
  [`${'!'.repeat(2039)}true`, 'tests'],
];
