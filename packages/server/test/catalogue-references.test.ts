import { describe, expect, test } from 'vitest';
import { refusals, withAction, withLine, withSets } from './support/catalogue-files.ts';

describe('a catalogue file is refused', () => {
  test.each([
    ['wiki:settings:*', 'has no place in a set of scope type projects; put it in one of scope type organization'],
    ['iam:user:read', 'has no place in a set of scope type projects; put it in one of scope type organization'],
    ['iam:self_jwt:list', 'is what every user may do to itself, which no set holds; take it out'],
    ['*:self_jwt:*', 'is what every user may do to itself, which no set holds; take it out'],
    [
      'wiki:page:raed',
      'is no permission of the catalogue; the actions of resource `wiki:page` are list, read and purge',
    ],
    ['wiki:pages:read', 'is no permission of the catalogue; the resources of service `wiki` are page and settings'],
    ['wiki:*:edit', 'is no permission of the catalogue; nothing of service `wiki` matches it'],
    ['blog:*:read', 'is no permission of the catalogue; there is no service `blog`; define it under `services`'],
    ['*:*:edit', 'is no permission of the catalogue; nothing matches it'],
    ['wiki:*:purge', 'only matches privileged permissions, which have to be spelled out, such as `wiki:page:purge`'],
    ['wiki:page', 'is not `service:resource:action`, where `*` may stand for a whole part'],
    ['wiki:page:read:all', 'is not `service:resource:action`, where `*` may stand for a whole part'],
    ['wiki:pa*:read', 'is not `service:resource:action`, where `*` may stand for a whole part'],
    ['*', 'is not `service:resource:action`, where `*` may stand for a whole part'],
    ['', 'is not `service:resource:action`, where `*` may stand for a whole part'],
  ])('when a set for projects holds %j', (pattern, reason) => {
    expect(refusals(withLine(`permissions: ["wiki:page:read",\n      "${pattern}"]`))).toEqual([
      `FILE:15: permission set \`WikiReader\`: \`${pattern}\` ${reason}`,
    ]);
  });

  test('when a set for the organization holds what is about projects', () => {
    const set = '  - {name: WikiOwner, scope_type: organization, permissions: ["wiki:page:*"]}\n';
    expect(refusals(withSets(set))).toEqual([
      'FILE:12: permission set `WikiOwner`: `wiki:page:*` has no place in a set of scope type organization; put it in one of scope type projects',
    ]);
  });

  test.each([
    ['IAMManager', 'whose scope type is organization; a set only includes sets of its own, projects'],
    ['WikiWriter', 'which is no permission set; define it, or take it out'],
    ['ResellerCustomerBillingManager', 'which is now `BillingManager`; write that'],
  ])('when a set for projects includes %s', (name, reason) => {
    expect(refusals(withLine(`includes: [${name}]`))).toEqual([
      `FILE:14: permission set \`WikiReader\`: it includes \`${name}\`, ${reason}`,
    ]);
  });

  test('when sets include each other, with the way round, at the line that closes it', () => {
    const text = withSets(`  - {name: WikiA, scope_type: projects, includes: [WikiB]}
  - {name: WikiB, scope_type: projects, includes: [WikiC]}
  - {name: WikiC, scope_type: projects, includes: [AllProductsReadOnly, WikiB]}
  - {name: WikiD, scope_type: projects, includes: [WikiD]}
`);
    expect(refusals(text)).toEqual([
      'FILE:14: permission set `WikiB`: it includes itself: WikiB > WikiC > WikiB; take one of these out',
      'FILE:15: permission set `WikiD`: it includes itself: WikiD > WikiD; take one of these out',
    ]);
  });

  const names = (first: string, second: string) =>
    withSets(`  - {name: WikiReader, scope_type: projects${first}}\n  - {${second}, scope_type: projects}\n`);
  test.each([
    [
      names('', 'name: WikiReader'),
      'FILE:13: permission set `WikiReader`: the name `WikiReader` is that of another set; choose another',
    ],
    [
      names('', 'name: IAMManager'),
      'FILE:13: permission set `IAMManager`: the name `IAMManager` is that of a built-in set; choose another',
    ],
    [
      names('', 'name: ResellerCustomerBillingManager'),
      'FILE:13: permission set `ResellerCustomerBillingManager`: the name `ResellerCustomerBillingManager` is a former one of `BillingManager`; choose another',
    ],
    [
      names(', former_names: [IAMManager]', 'name: WikiB'),
      'FILE:12: permission set `WikiReader`: the name `IAMManager` is that of a built-in set; choose another',
    ],
    [
      names(', former_names: [WikiB]', 'name: WikiB'),
      'FILE:12: permission set `WikiReader`: the name `WikiB` is that of another set; choose another',
    ],
    [
      names(', former_names: [WikiOld]', 'name: WikiB, former_names: [WikiOld]'),
      'FILE:13: permission set `WikiB`: the name `WikiOld` is a former one of `WikiReader`; choose another',
    ],
    [
      names(', former_names: [WikiReader]', 'name: WikiB'),
      'FILE:12: permission set `WikiReader`: it has the name `WikiReader` twice; take one out',
    ],
  ])('when a name stands for two sets (%#)', (text, sentence) => {
    expect(refusals(text)).toEqual([sentence]);
  });

  test.each(['wikiReader', 'Wi', 'Wiki-Reader', `W${'i'.repeat(64)}`])('when a set has been called %s', (name) => {
    const words = 'the name of a permission set has 3 to 64 letters and digits, the first of them a capital';
    expect(refusals(withSets(`  - {name: ${name}, scope_type: projects}\n`))).toEqual([
      `FILE:12: permission set \`${name}\`: \`${name}\` is no name here: ${words}`,
    ]);
    expect(refusals(withLine(`former_names: [${name}]`))).toEqual([
      `FILE:14: permission set \`WikiReader\`: \`${name}\` is no name here: ${words}`,
    ]);
  });

  test.each([
    ['wiki:*:read', 'which is not one permission; write `service:resource:action` without `*`'],
    ['read', 'which is not one permission; write `service:resource:action` without `*`'],
    [
      'registry:image:read',
      'which is no permission of the catalogue; there is no service `registry`; define it under `services`',
    ],
    [
      'wiki:settings:publish',
      'which is no permission of the catalogue; the actions of resource `wiki:settings` are read and write',
    ],
    ['iam:self_user:read', 'which only users have, on themselves; take it out'],
    [
      'wiki:page:read',
      'which is about projects, and this action is about the organization; require one about the organization',
    ],
  ])('when an action about the organization requires %s', (required, reason) => {
    expect(refusals(withAction(`{name: write, requires: ["${required}"]}`))).toEqual([
      `FILE:12: action \`wiki:settings:write\`: it requires \`${required}\`, ${reason}`,
    ]);
  });
});
