import { formatTimestamp, preconditionFailed } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { assertQuota } from '../quotas/limits.ts';
import { deleteProject, getProject, insertProject, listProjects, type ProjectRow, updateProject } from './store.ts';

export const list: Handler<'projects.list'> = async ({ storage, scope }, input) => {
  const { rows, total } = await listProjects(storage, scope, input);
  return { total_count: total, projects: rows.map(toProject) };
};

export const create: Handler<'projects.create'> = (context, { name, description = '' }) =>
  context.change(async (change) => {
    await assertQuota(context, change, 'account_projects');
    const id = context.ids.uuid();
    await insertProject(change, { id, name, description });
    change.touches(id);
    return unqualified(toProject(await getProject(change.db, change.scope, id)));
  });

export const get: Handler<'projects.get'> = async ({ storage, scope }, { project_id: id }) =>
  toProject(await getProject(storage.db, scope, id));

export const update: Handler<'projects.update'> = (context, { project_id: id, ...changes }) =>
  context.change(async (change) => {
    const project = await getProject(change.db, change.scope, id);
    if (isDefault(project) && changes.name !== undefined && changes.name !== project.name) {
      throw preconditionFailed('protected_resource', 'the default project cannot be renamed');
    }
    await updateProject(change, id, changes);
    change.touches(id);
    return unqualified(toProject(await getProject(change.db, change.scope, id)));
  });

export const remove: Handler<'projects.delete'> = (context, { project_id: id }) =>
  context.change(async (change) => {
    const project = await getProject(change.db, change.scope, id);
    if (isDefault(project)) throw preconditionFailed('protected_resource', 'the default project cannot be deleted');
    await deleteProject(change, id);
    change.touches(id);
    return undefined;
  });

/** The default project has the organization's id (docs/wire.md). */
const isDefault = (project: ProjectRow) => project.id === project.organization_id;

function toProject(row: ProjectRow) {
  return {
    id: row.id,
    name: row.name,
    organization_id: row.organization_id,
    created_at: formatTimestamp(row.created_at),
    updated_at: formatTimestamp(row.updated_at),
    description: row.description,
    qualification: { architecture_type: 'unknown_architecture_type' },
    status: 'active' as const,
  };
}

/** Answers that make or change a project have no qualification: recorded so (docs/wire.md). */
function unqualified(project: ReturnType<typeof toProject>) {
  return { ...project, qualification: null };
}
