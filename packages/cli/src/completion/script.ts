import { CommandError } from '../command-error.ts';
import { isShell, type Shell } from './shell.ts';

/**
 * The lines that complete a program's words in a shell. They only hand the line over and take words back; what they
 * mean is decided by `scw autocomplete complete`.
 *
 * @param name under which the program is started
 * @throws CommandError when it is no plain name
 */
export function completionScript(shell: Shell, name: string): string {
  // It becomes part of a program of the shell.
  if (!/^\w[\w.+-]*$/.test(name)) {
    throw new CommandError(`invalid basename '${name}'`, {
      hint: 'It is the name of a program: letters, digits, dashes, dots and underscores.',
    });
  }
  return scripts[shell](name, `_${name.replace(/\W/g, '_')}_complete`);
}

/**
 * @param given what was typed; empty for the one that SHELL names
 * @throws CommandError when it is none that can be completed in
 */
export function shellNamed(given: string, env: { readonly SHELL?: string | undefined }): Shell {
  const name = given || (env.SHELL ?? '').split('/').at(-1)!;
  if (isShell(name)) return name;
  throw new CommandError(`unsupported shell '${name}'`, {
    hint: 'Give one of them: shell=bash, shell=zsh, shell=fish',
  });
}

type Script = (name: string, callback: string) => string;

// The bash of macOS is 3.2: no `mapfile`, no `compopt`.
const bash: Script = (name, callback) => `${callback}() {
  local kind='' reply
  COMPREPLY=()
  while IFS= read -r reply; do
    if [[ -z $kind ]]; then kind=$reply; else COMPREPLY+=("$reply"); fi
  done < <(${name} autocomplete complete bash -- "\${COMP_LINE:0:$COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" 2>/dev/null)
  if [[ $kind == files ]]; then compopt +o nospace -o default 2>/dev/null; fi
}
complete -o nospace -F ${callback} ${name}
`;

const zsh: Script = (name, callback) => `${callback}() {
  local kind='' reply head=0
  local -a spaced joined accept
  while IFS= read -r reply; do
    if [[ -z $kind ]]; then kind=$reply
    elif [[ $kind == files ]]; then head=$reply
    elif [[ $reply == '='* ]]; then joined+=("\${reply#?}")
    else spaced+=("\${reply#?}"); fi
  done < <(${name} autocomplete complete zsh -- "\${(j: :)words[1,CURRENT-1]} $IPREFIX$QIPREFIX$PREFIX" 2>/dev/null)
  if [[ $kind == files ]]; then
    compset -p $head
    _files
    return
  fi
  [[ $PREFIX == *=* ]] && compset -P 1 '*='
  # What does not begin with what is typed takes its place, one after the other.
  if [[ $kind == others ]]; then accept=(-U -i "$IPREFIX") compstate[insert]=menu; fi
  (( $#spaced )) && _describe '' spaced "\${accept[@]}"
  (( $#joined )) && _describe '' joined "\${accept[@]}" -S ''
  (( $#spaced + $#joined ))
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef ${callback} ${name}
`;

const fish: Script = (name, callback) => `function ${callback}
    set -l replies (${name} autocomplete complete fish -- (commandline -cp | string collect) 2>/dev/null)
    if test "$replies[1]" = files
        __fish_complete_path (commandline -ct)
    else
        string join -- \\n $replies[2..]
    end
end
complete -c ${name} -e
complete -c ${name} -f -k -a '(${callback})'
`;

const scripts: Readonly<Record<Shell, Script>> = { bash, zsh, fish };
