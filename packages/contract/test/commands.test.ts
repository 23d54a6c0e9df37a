import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

/**
 * The classic reference: every command with its arguments in order. `<x>` is typed as a bare word, `x!` is required,
 * `~x` is deprecated; `=*` is a generated name, `=@` comes from the configuration, any other `=` is a literal default.
 */
const classic: Readonly<Record<string, string>> = {
  'iam api-key create': 'application-id user-id expires-at default-project-id description',
  'iam api-key delete': '<access-key>',
  'iam api-key get': '<access-key>',
  'iam api-key list':
    'order-by=created_at_asc ~application-id ~user-id editable expired ~access-key description bearer-id bearer-type access-keys.{index} organization-id=@',
  'iam api-key update': '<access-key> default-project-id description',
  'iam application create': 'name=* description tags.{index} organization-id',
  'iam application delete': '<application-id>',
  'iam application get': '<application-id>',
  'iam application list': 'order-by=created_at_asc name editable application-ids.{index} tag organization-id=@',
  'iam application update': '<application-id> name description tags.{index}',
  'iam group add-member': '<group-id> user-id application-id',
  'iam group add-members': 'group-id! user-ids.{index} application-ids.{index}',
  'iam group create': 'name=* description tags.{index} organization-id',
  'iam group delete': '<group-id>',
  'iam group get': '<group-id>',
  'iam group list':
    'order-by=created_at_asc name application-ids.{index} user-ids.{index} group-ids.{index} tag organization-id=@',
  'iam group remove-member': '<group-id> user-id application-id',
  'iam group set-members': 'group-id! user-ids.{index} application-ids.{index}',
  'iam group update': '<group-id> name description tags.{index}',
  'iam jwt delete': '<jti>',
  'iam jwt get': '<jti>',
  'iam jwt list': 'order-by=created_at_asc <audience-id> expired',
  'iam log get': '<log-id>',
  'iam log list': 'order-by=created_at_asc created-after created-before action resource-type search organization-id',
  'iam permission-set list': 'order-by=created_at_asc organization-id',
  'iam policy clone': 'policy-id!',
  'iam policy create':
    'name=* description rules.{index}.permission-set-names.{index} rules.{index}.condition rules.{index}.project-ids.{index} rules.{index}.organization-id tags.{index} user-id group-id application-id no-principal organization-id',
  'iam policy delete': '<policy-id>',
  'iam policy get': '<policy-id>',
  'iam policy list':
    'order-by=created_at_asc editable user-ids.{index} group-ids.{index} application-ids.{index} no-principal policy-name tag policy-ids.{index} organization-id=@',
  'iam policy update': '<policy-id> name description tags.{index} user-id group-id application-id no-principal',
  'iam rule create': '<policy-id> permission-set-names.{index} project-ids.{index} organization-id',
  'iam rule delete': '<policy-id> rule-id',
  'iam rule list': '<policy-id>',
  'iam rule update':
    '<policy-id> rules.{index}.permission-set-names.{index} rules.{index}.condition rules.{index}.project-ids.{index} rules.{index}.organization-id',
  'iam ssh-key create': 'name=* public-key! project-id',
  'iam ssh-key delete': '<ssh-key-id>',
  'iam ssh-key get': '<ssh-key-id>',
  'iam ssh-key init': '',
  'iam ssh-key list': 'order-by=created_at_asc name project-id disabled organization-id=@',
  'iam ssh-key update': '<ssh-key-id> name disabled',
  'iam user create':
    'email tags.{index} member.email member.send-password-email member.send-welcome-email member.username member.password organization-id',
  'iam user delete': '<user-id>',
  'iam user get': '<user-id>',
  'iam user list': 'order-by=created_at_asc user-ids.{index} mfa tag organization-id=@',
  'iam user update': '<user-id> tags.{index} email',
  'iam user update-password': '<user-id> password!',
  'iam user update-username': '<user-id> username!',
};

const commands = new Map(table.commands.map((command) => [command.words.join(' '), command]));

type Argument = (typeof table.commands)[number]['arguments'][number];

function notation(argument: Argument, positional: string | null): string {
  const { name, required, deprecated, generated, fromConfig, list } = argument;
  const value = generated !== null ? '*' : fromConfig?.shown ? '@' : argument.default;
  const typed = name === positional ? `<${name}>` : required && value === null && !list ? `${name}!` : name;
  return `${deprecated ? '~' : ''}${typed}${value === null ? '' : `=${value}`}`;
}

const nameOf = (word: string): string => word.replace(/=.*$/, '').replace(/[<>!~]/g, '');

describe('the table of commands', () => {
  it('holds the 48 commands and 161 arguments of the classic reference', () => {
    const words = Object.values(classic).flatMap((line) => line.split(' ').filter((word) => word !== ''));
    expect(Object.keys(classic)).toHaveLength(48);
    expect(words).toHaveLength(161);
  });

  it.each(Object.entries(classic))('%s takes what it always took, in the same order', (words, line) => {
    const command = commands.get(words);
    expect(command).toBeDefined();
    const names = new Set(line.split(' ').map(nameOf));
    const ours = command!.arguments
      .filter(({ name }) => names.has(name))
      .map((argument) => notation(argument, command!.positional));
    expect(ours.join(' ')).toBe(line);
  });

  it('asks for decisions in two words, with what conditions see, and never with a secret', () => {
    const context = 'request.ip request.user-agent request.time resource.id resource.name resource.locality';
    const ours = Object.fromEntries(
      ['check', 'explain', 'who-can', 'what-can'].map((word) => {
        const { arguments: all, positional } = commands.get(`iam ${word}`)!;
        const shown = all.filter(({ hidden }) => !hidden);
        return [word, shown.map((argument) => notation(argument, positional)).join(' ')];
      }),
    );
    const question = `<permission> project-id principal-id ${context} organization-id`;
    expect(ours).toEqual({
      check: question,
      explain: question,
      'who-can': `<permission> project-id ${context} organization-id`,
      'what-can': `principal-id ${context}`,
    });
  });

  it('prints only types that it holds', () => {
    for (const { words, output } of table.commands) {
      if ('type' in output && output.type !== undefined)
        expect(table.types, words.join(' ')).toHaveProperty(output.type);
    }
  });

  it('explains every command and every argument that help shows', () => {
    for (const command of table.commands) {
      expect(command.summary, command.words.join(' ')).not.toBe('');
      for (const { name, summary, hidden } of command.arguments) {
        if (!hidden) expect(summary, `${command.words.join(' ')} ${name}`).not.toBe('');
      }
    }
  });
});
