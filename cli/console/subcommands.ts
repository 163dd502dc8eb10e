import type { Command } from "commander";

/** What adds each subcommand of a command, by its name and in the order of `--help`. */
export type Subcommands = Readonly<Record<string, () => Promise<(parent: Command) => void>>>;

/**
 * Adds the subcommand that the arguments name: it alone is loaded, and with it the clients of AWS that it needs. All are
 * added where none is named, or what is named is none, so that help and suggestions know them.
 */
export async function addSubcommands(parent: Command, all: Subcommands, named = ""): Promise<void> {
  const only = Object.hasOwn(all, named) ? all[named] : undefined;
  for (const load of only ? [only] : Object.values(all)) (await load())(parent);
}
