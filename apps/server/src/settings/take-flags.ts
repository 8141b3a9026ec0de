/**
 * Separates the flags that a command has besides the settings, `--to FOLDER` or `--to=FOLDER`. A
 * flag without a value counts as not given.
 */
export const takeFlags = (
  flags: readonly string[],
  names: readonly string[],
): { readonly given: Readonly<Partial<Record<string, string>>>; readonly rest: readonly string[] } => {
  const given: Partial<Record<string, string>> = {};
  const rest: string[] = [];
  for (let i = 0; i < flags.length; i += 1) {
    const flag = flags[i] ?? "";
    const [, name = "", inline] = /^--([a-z]+)(?:=(.*))?$/.exec(flag) ?? [];
    if (!names.includes(name)) {
      rest.push(flag);
      continue;
    }
    const value = inline ?? flags[(i += 1)];
    if (value !== undefined && value !== "") given[name] = value;
  }
  return { given, rest };
};
