import fc from 'fast-check';
import type { Json } from './server-process.ts';

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Names as the API takes them, those included that YAML would read as something else. */
const awkward = ['null', 'yes', '007', '1e3', '-', '.', '(a)', 'a  b', 'on', '0x1f', '2020-01-01', '=', '~'];
const takes = (pattern: RegExp) => (text: string) => pattern.test(text) && text.length <= 64;
const namesOf = (pattern: RegExp) =>
  fc.uniqueArray(
    fc
      .oneof(
        { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{1,6}(-[A-Z0-9_.]{1,3})?$/) },
        { weight: 1, arbitrary: fc.constantFrom(...awkward) },
        { weight: 1, arbitrary: fc.stringMatching(pattern) },
      )
      .filter(takes(pattern)),
    { maxLength: 5 },
  );
const names = namesOf(/^[\w().-]+( +[\w().-]+)*$/);
const projectNames = namesOf(/^[a-zA-Z0-9._-]+( [a-zA-Z0-9._-]+)*$/).map((all) =>
  all.filter((name) => name !== 'default'),
);

const description = fc.option(
  fc.oneof(
    fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter((text) => !text.includes('\0') && text.isWellFormed()),
    fc.constantFrom(
      '# no comment',
      'a: b',
      '- a',
      'two\nlines\n',
      ' blank ',
      '"quoted"',
      'é ü 漢字 🎉',
      '{}',
      '*a',
      '&a',
    ),
  ),
  { nil: undefined },
);
const tags = subset(['a', 'b c', 'k=v', 'true', '12', 'x@y', 'null']);
const conditions = [
  '',
  'request.user_agent == "x"',
  'request.ip.inIpRange("10.0.0.0/8")',
  'true &&\n  true',
  '"#" == "#"',
];
const sets = {
  projects: ['ContainersFullAccess', 'ObjectStorageReadOnly', 'ObjectStorageFullAccess'],
  organization: ['IAMReadOnly', 'ProjectManager', 'BillingManager'],
};

function subset(all: readonly string[]): fc.Arbitrary<string[]> {
  return fc.subarray([...all]).map((some) => some.toSorted(byText));
}

/** Leaves out what has its default, as `iam export` does. */
function compact(entry: Readonly<Record<string, unknown>>): Json {
  return Object.fromEntries(
    Object.entries(entry).filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

const rule = (projects: readonly string[]) =>
  fc
    .oneof(
      fc.record({
        permission_sets: fc.oneof(subset(sets.projects), subset(sets.organization)),
        scope: fc.constant('organization'),
        condition: fc.constantFrom(...conditions),
      }),
      fc.record({
        permission_sets: subset(sets.projects),
        projects: subset(projects),
        condition: fc.constantFrom(...conditions),
      }),
    )
    .map(({ permission_sets, ...rest }) => {
      const { condition, ...scope } = rest;
      return { permission_sets, ...scope, ...(condition !== '' && { condition }) };
    });

/** Files just as `iam export` would write them for what they say. */
export const organizationFiles: fc.Arbitrary<Json> = fc
  .record({ projects: projectNames, applications: names, groups: names, policies: names })
  .chain((all) => {
    const entry = (name: string) => fc.record({ name: fc.constant(name), description, tags });
    const each = <T>(list: readonly string[], of: (name: string) => fc.Arbitrary<T>) =>
      fc.tuple(...list.toSorted(byText).map(of));
    const users = ['owner@bailiwick.internal'];
    const principal = fc.oneof(
      fc.constant({}),
      fc.constant({ user: users[0] }),
      fc.constant({ group: { special: 'all_applications' } }),
      ...all.groups.map((group) => fc.constant({ group })),
      ...all.applications.map((application) => fc.constant({ application })),
    );
    return fc.record({
      version: fc.constant(1),
      projects: each(['default', ...all.projects], (name) =>
        description.map((text) => compact({ name, default: name === 'default' ? true : undefined, description: text })),
      ),
      applications: each(all.applications, (name) => entry(name).map(compact)),
      groups: each(all.groups, (name) =>
        fc
          .record({ entry: entry(name), users: subset(users), applications: subset(all.applications) })
          .map(({ entry: own, ...members }) => compact({ ...own, ...members })),
      ),
      policies: each(all.policies, (name) =>
        fc
          .record({
            entry: entry(name),
            principal,
            rules: fc.array(rule(['default', ...all.projects]), { maxLength: 3 }),
          })
          .map(({ entry: own, principal: to, rules }) => compact({ ...own, ...to, rules })),
      ),
    });
  });
