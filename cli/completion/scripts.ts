/** Shells that complete. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** The program that a shell asks at each press of the key: the very one that wrote the script. */
export interface AskedProgram {
  /** Path of Node. */
  readonly node: string;

  /** Path of the command line's script. */
  readonly script: string;
}

/**
 * What a shell is to read to complete `groundplan` and `npx groundplan`. The program is asked with the words as they are:
 * nothing of what it answers is expanded or run.
 */
export function completionScript(shell: Shell, program: AskedProgram): string {
  const asked = `${quoted(program.node)} ${quoted(program.script)} complete --`;
  return { bash, zsh, fish }[shell](asked);
}

/** A text as one word of any of the shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const bash = (asked: string) => `# groundplan: completion for bash
_groundplan_ask() {
  COMPREPLY=()
  local line
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(${asked} "$@" 2>/dev/null)
}
_groundplan() {
  _groundplan_ask "\${COMP_WORDS[@]:1:COMP_CWORD}"
}
_groundplan_npx() {
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ] && [ "\${COMP_WORDS[1]}" = groundplan ]; then
    _groundplan_ask "\${COMP_WORDS[@]:2:COMP_CWORD-1}"
  fi
}
complete -o default -F _groundplan groundplan
complete -p npx >/dev/null 2>&1 || complete -o default -F _groundplan_npx npx
`;

const zsh = (asked: string) => `#compdef groundplan
# groundplan: completion for zsh
_groundplan() {
  local line value
  local -a values shown given
  given=("\${(@)words[2,CURRENT]}")
  [[ $service == npx ]] && given=("\${(@)words[3,CURRENT]}")
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    values+=("$value")
    shown+=("$value\${line#$value}")
  done < <(${asked} "\${given[@]}" 2>/dev/null)
  if (( \${#values} == 0 )); then
    _files
  else
    shown=("\${shown[@]//$'\\t'/  }")
    compadd -l -d shown -a values
  fi
}
_groundplan_npx() {
  if [[ $CURRENT -gt 2 && \${words[2]} == groundplan ]]; then
    _groundplan
  else
    _default
  fi
}
compdef _groundplan groundplan
(( \${+_comps[npx]} )) || compdef _groundplan_npx npx
`;

const fish = (asked: string) => `# groundplan: completion for fish
function __groundplan_ask
    set -l given (commandline -opc)[2..-1]
    if test "$given[1]" = groundplan
        set given $given[2..-1]
    end
    set -l found (${asked} $given (commandline -ct) 2>/dev/null)
    if test (count $found) -eq 0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
function __groundplan_by_npx
    set -l given (commandline -opc)
    test (count $given) -gt 1; and test "$given[2]" = groundplan
end
complete -c groundplan -f -a '(__groundplan_ask)'
complete -c npx -n __groundplan_by_npx -f -a '(__groundplan_ask)'
`;
