import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { CONFIG_FILE, readConfigFile } from "../../preview/config/read";
import { resolveConfig } from "../../preview/config/resolve";
import { PreviewPlatform } from "../../preview/platform";
import { SETTINGS, type SettingName, settingNamed, writeSetting } from "../../preview/settings";
import { examples } from "./options";

/** Adds `groundplan preview config …`. */
export function addConfig(preview: Command): void {
  const config = preview
    .command("config")
    .summary("show and set in what previews are made: bucket, Region, domain")
    .description(
      "Settings of previews come from variables, from a file of the user's own, from previews/backend.conf, and from the stack preview-shared of a checkout: the first that says one counts.",
    )
    .addHelpText("after", examples("config get", "config set bucket acme-dev-state", "config check"));
  config
    .command("get")
    .argument("[name]", "one setting, whose value alone is printed")
    .summary("show the settings, and where each is from")
    .description("Shows the settings of previews, and where each is from.")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("config get", "config get bucket"))
    .action(get);
  config
    .command("set")
    .argument("<name>", "setting")
    .argument("<value>", "its value; '' takes it out")
    .summary("write a setting into the user's file")
    .description("Writes a setting into the file of this user's previews.")
    .addHelpText("after", examples("config set bucket acme-dev-state", "config set domain previews.acme.com"))
    .action((name: string, value: string) => {
      const file = writeSetting(process.env, settingNamed(name), value);
      say(line`${paint.good(value === "" ? "Removed" : "Set")}: ${settingNamed(name)} in ${file}`);
    });
  config
    .command("check")
    .argument("[folder]", "root of the repository", ".")
    .summary(`check ${CONFIG_FILE}, and show it with its defaults`)
    .description(`Checks ${CONFIG_FILE} of a repository. Every fault is named with its line and column.`)
    .option("--json", "print it with its defaults as JSON")
    .addHelpText("after", examples("config check", "config check ../shop --json"))
    .action((folder: string, { json }: { readonly json?: boolean }) => {
      const resolved = resolveConfig(readConfigFile(folder));
      if (json)
        return sayJson({ format: "groundplan.preview.config.check", version: 1, config: { ...resolved } });
      const rows = Object.entries(resolved).map(([key, value]) => [
        key,
        typeof value === "object" ? JSON.stringify(value) : String(value),
      ]);
      table(["key", "value"], rows);
      return undefined;
    });
}

function get(name: string | undefined, { json }: { readonly json?: boolean }): void {
  const platform = PreviewPlatform.find();
  if (name !== undefined) {
    const known = settingNamed(name);
    const value = platform.setting(known);
    if (value === undefined)
      throw new CliError(
        EXIT.FAILED,
        `nothing says the ${SETTINGS[known].what}`,
        `set it: npx groundplan preview config set ${known} ${SETTINGS[known].example}`,
      );
    say(line`${value}`);
    return;
  }
  const settings = (Object.keys(SETTINGS) as readonly SettingName[]).map((one) => ({
    name: one,
    ...platform.found[one],
    what: SETTINGS[one].what,
  }));
  if (json) {
    sayJson({ format: "groundplan.preview.config.get", version: 1, settings });
    return;
  }
  table(
    ["setting", "value", "from"],
    settings.map((one) => [one.name, one.value ?? paint.faint("-"), one.from ?? paint.faint(one.what)]),
  );
}
