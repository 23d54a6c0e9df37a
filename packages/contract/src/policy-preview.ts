import { Type } from 'typebox';
import { Named } from './explanations.ts';
import { Choice, Count, Id, Text } from './fields.ts';

/** How much of a preview is shown; what is more is counted (docs/decisions/0006-limits.md). */
export const shownOfPreview = { changes: 10, principals: 10, gains: 10, permissions: 100, projects: 10 } as const;
/** Longest condition that is shown, in characters: some conditions of some policies together. */
export const longestShownCondition = 4096;

const Access = (description: string) =>
  Type.Object(
    {
      when: Choice(['never', 'always', 'condition'], 'When it is granted'),
      condition: Type.Optional(
        Text(
          'Expression that must be true, made of all conditions in question; cut with an ellipsis where it is too long',
        ),
      ),
    },
    { title: 'Access', description },
  );

const AccessChange = Type.Object(
  {
    permissions: Type.Array(Text('Permission'), { description: `The first ${shownOfPreview.permissions} of them` }),
    permission_count: Count('Permissions'),
    where: Choice(
      ['organization', 'all_projects', 'projects'],
      'In the organization; for permissions on projects: in all of them, later ones too, or in some',
    ),
    projects: Type.Array(Named, { description: `The first ${shownOfPreview.projects} projects, when it is in some` }),
    project_count: Count('Projects, when it is in some'),
    except_projects: Type.Array(Named, {
      description: `The first ${shownOfPreview.projects} projects in which it is not so, when it is in all`,
    }),
    except_count: Count('Projects in which it is not so, when it is in all'),
    before: Access('As it is'),
    after: Access('As it would be'),
  },
  { title: 'AccessChange' },
);

const PreviewedPrincipal = Type.Object(
  {
    type: Choice(['user', 'application'], 'What it is'),
    id: Id('Principal'),
    name: Text('Username of a user, name of an application'),
  },
  { title: 'PreviewedPrincipal' },
);

const PreviewedChange = Type.Object(
  {
    principals: Type.Array(PreviewedPrincipal, { description: `The first ${shownOfPreview.principals} of them` }),
    principal_count: Count('Users and applications for whom the same changes'),
    gains: Type.Array(AccessChange, { description: `What they gain, the first ${shownOfPreview.gains} of it` }),
    gain_count: Count('Gains'),
    losses: Type.Array(AccessChange, { description: `What they lose, the first ${shownOfPreview.gains} of it` }),
    loss_count: Count('Losses'),
  },
  { title: 'PreviewedChange' },
);

/** Who would gain and who would lose by a change of a policy, beside all else that they hold. */
export const PolicyPreview = Type.Object(
  {
    changes: Type.Array(PreviewedChange, {
      description: `Those for whom the same changes together, the ${shownOfPreview.changes} largest groups of them`,
    }),
    total_count: Count('Groups of those for whom the same changes'),
    gaining_count: Count('Users and applications that gain'),
    losing_count: Count('Users and applications that lose'),
  },
  { title: 'PolicyPreview' },
);
