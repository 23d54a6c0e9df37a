import { it } from 'vitest';
import { expectRefused, type Fault, help, invalid } from './refusals.ts';
import type { Json, TestServer } from './server.ts';

/** Inputs that several resources have, at their limits and just beyond. */

/** What it is in a title, the value that is sent, and the fault found in it. */
export type RefusedInput = readonly [what: string, value: unknown, fault: Fault];

/** Tests that neither the creation nor the change of a thing takes these inputs. */
export function itRefusesInputs(
  resource: string,
  server: () => TestServer,
  { path, body, make }: { readonly path: string; readonly body: Json; readonly make: () => Promise<Json> },
  inputs: readonly RefusedInput[],
): void {
  for (const [what, value, fault] of inputs) {
    it(`${resource}.create and ${resource}.update refuse ${what}`, async () => {
      const [field = ''] = fault[0].split('[');
      const { id } = await make();
      await expectRefused(server(), ['POST', path, { body: { ...body, [field]: value } }], invalid(fault));
      await expectRefused(server(), ['PATCH', `${path}/${id}`, { body: { [field]: value } }], invalid(fault));
    });
  }
}

const tagPattern = help.pattern('^[a-zA-Z0-9._\\-/=+@ ]+$');

export const refusedTags: readonly RefusedInput[] = [
  ['eleven tags', manyTags(11), ['tags', 'constraint', 'value must contain no more than 10 item(s)']],
  ['the same tag twice', ['a', 'b', 'a'], ['tags', 'constraint', 'value must not contain the same item twice']],
  ['an empty tag', ['a', ''], ['tags[1]', 'constraint', help.atLeast(1)]],
  ['a tag of 71 characters', ['t'.repeat(71)], ['tags[0]', 'constraint', help.atMost(70)]],
  ['a tag with a colon', ['team:web'], ['tags[0]', 'format', tagPattern]],
  ['a tag with a letter beyond ASCII', ['équipe'], ['tags[0]', 'format', tagPattern]],
  ['a tag that ends in a new line', ['a\n'], ['tags[0]', 'format', tagPattern]],
  ['a text in place of tags', 'a', ['tags', 'format', help.type('array')]],
  ['a number among the tags', [1], ['tags[0]', 'format', help.type('string')]],
];

/** Ten tags, one of 70 characters and one with every kind of character that a tag may have. */
export const longestTags: readonly string[] = ['t'.repeat(70), 'azAZ09._-/=+@ ', ...manyTags(8)];

function manyTags(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `t${index}`);
}

const namePattern = help.pattern('^[\\w().\\-]+( +[\\w().\\-]+)*$');

export const refusedNames: readonly RefusedInput[] = [
  ['an empty name', '', ['name', 'constraint', help.atLeast(1)]],
  ['a name of 65 characters', 'n'.repeat(65), ['name', 'constraint', help.atMost(64)]],
  ['a name that begins with a blank', ' web', ['name', 'format', namePattern]],
  ['a name that ends with a blank', 'web ', ['name', 'format', namePattern]],
  ['a name that ends in a new line', 'web\n', ['name', 'format', namePattern]],
  ['a name with a slash', 'web/1', ['name', 'format', namePattern]],
  ['a name with a letter beyond ASCII', 'café', ['name', 'format', namePattern]],
  ['a number as its name', 1, ['name', 'format', help.type('string')]],
];

/** Names at the limits of what is accepted. */
export const acceptedNames: readonly string[] = ['n', 'n'.repeat(64), 'Web  server_1 (blue).v-2'];

export const refusedDescriptions: readonly RefusedInput[] = [
  ['a description of 201 characters', '😀'.repeat(201), ['description', 'constraint', help.atMost(200)]],
  ['a description with half a surrogate pair', 'a\ud83d', ['description', 'format', help.unicode]],
  ['a description with a zero character', 'a\0b', ['description', 'format', help.unicode]],
  ['a flag as its description', true, ['description', 'format', help.type('string')]],
];

/** 200 code points in 400 units of UTF-16. */
export const longestDescription = '😀'.repeat(200);

/** Query strings that every paged list refuses; `orders` are the words that its `order_by` takes. */
export function refusedPaging(orders: readonly string[]): readonly (readonly [query: string, fault: Fault])[] {
  const atLeast = 'value must be greater than or equal to 1';
  return [
    ['page=0', ['page', 'constraint', atLeast]],
    ['page=10001', ['page', 'constraint', 'value must be less than or equal to 10000']],
    ['page=one', ['page', 'format', help.type('integer')]],
    ['page=1.5', ['page', 'format', help.type('integer')]],
    ['page=1&page=2', ['page', 'constraint', help.twice]],
    ['page_size=0', ['page_size', 'constraint', atLeast]],
    ['page_size=-1', ['page_size', 'constraint', atLeast]],
    ['page_size=101', ['page_size', 'constraint', 'value must be less than or equal to 100']],
    ['order_by=sideways', ['order_by', 'constraint', help.oneOf(...orders)]],
    ['order_by=', ['order_by', 'constraint', help.oneOf(...orders)]],
  ];
}

/** The words of `order_by` for these fields. */
export const ordersBy = (...fields: readonly string[]): readonly string[] =>
  fields.flatMap((field) => [`${field}_asc`, `${field}_desc`]);
