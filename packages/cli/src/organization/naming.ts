import type { GroupReference, Reference } from './file-schema.ts';
import { byText, type Existing, type Key, type Kind, type Organization } from './organization.ts';

type Named = Kind | 'user';

/** What a file calls the things of an organization: by name, and by id where a name does not tell which. */
export interface Naming {
  /** Whether another thing of the kind has this name. */
  isShared(kind: Named, name: string): boolean;
  refer(kind: Named, key: Key): Reference;
  /** The groups of everybody have other names elsewhere. */
  referToGroup(key: Key): GroupReference;
  listed(kind: Named, keys: readonly Key[]): Reference[];
}

export function createNaming(organization: Organization): Naming {
  const { group, users } = organization;
  const nameAndId = ({ id, value }: Existing) => ({ id, name: value.name });
  const indexes = {
    user: indexOf(users),
    project: indexOf(organization.project.map(nameAndId)),
    application: indexOf(organization.application.map(nameAndId)),
    group: indexOf(group.map(nameAndId)),
    policy: indexOf(organization.policy.map(nameAndId)),
  };
  const special = new Map(group.map(({ id, special: kind }) => [id, kind]));
  const isShared = (kind: Named, name: string) => (indexes[kind].uses.get(name)?.length ?? 0) > 1;
  const refer = (kind: Named, key: Key): Reference => {
    const name = indexes[kind].names.get(key) ?? '';
    return name === '' || isShared(kind, name) ? { id: key } : name;
  };
  return {
    isShared,
    refer,
    referToGroup: (key) => {
      const kind = special.get(key) ?? null;
      return kind === null ? refer('group', key) : { special: kind };
    },
    listed: (kind, keys) => keys.map((key) => refer(kind, key)).toSorted((a, b) => byText(textOf(a), textOf(b))),
  };
}

function indexOf(things: readonly { readonly id: string; readonly name: string }[]) {
  return {
    names: new Map(things.map(({ id, name }) => [id, name])),
    uses: Map.groupBy(things, ({ name }) => name),
  };
}

function textOf(reference: Reference): string {
  return typeof reference === 'string' ? reference : reference.id;
}
