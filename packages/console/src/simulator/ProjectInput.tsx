import { ReferenceInput } from '../components/ReferenceInput.tsx';
import { resourceOf } from '../resources/resources.ts';
import { texts } from '../texts.ts';

/** Chooses where: a project by its name, or the organization. */
export function ProjectInput({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (project: string) => void;
}) {
  const projects = resourceOf('projects');
  if (projects === undefined) return null;
  return (
    <ReferenceInput
      resource={projects}
      label={texts.simulator.where}
      description={texts.simulator.whereHint}
      isList={false}
      value={value}
      onChange={(project) => onChange(String(project))}
    />
  );
}
