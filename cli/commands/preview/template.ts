import type { Command } from "commander";
import { table } from "../../artifact/overview";
import { line, paint, say, sayJson } from "../../console/output";
import { PreviewPlatform } from "../../preview/platform";
import { newTemplate, templatesIn } from "../../preview/templates";
import { examples } from "./options";

/** Adds `groundplan preview template …`. */
export function addTemplate(preview: Command): void {
  const template = preview
    .command("template")
    .summary("list the templates, and write a new one")
    .description("A template of previews is one file in previews/templates/ of the platform.")
    .addHelpText("after", examples("template list", "template new queue-worker --like scheduled-worker"));
  template
    .command("list")
    .summary("list the templates")
    .description("Lists the templates of the platform, with what each makes.")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("template list"))
    .action(({ json }: { readonly json?: boolean }) => {
      const templates = templatesIn(PreviewPlatform.find().checkout);
      if (json) return sayJson({ format: "groundplan.preview.template.list", version: 1, templates });
      table(
        ["template", "makes"],
        templates.map(({ name, summary }) => [name, summary]),
      );
      return undefined;
    });
  template
    .command("new")
    .argument("<name>", "name of the template")
    .summary("write a template")
    .description("Writes the file of a new template, as a copy of another: nothing else has to know of it.")
    .option("--like <template>", "the template that it begins with", "api-service")
    .addHelpText("after", examples("template new queue-worker --like scheduled-worker"))
    .action((name: string, { like }: { readonly like: string }) => {
      const file = newTemplate(PreviewPlatform.find().checkout, name, like);
      say(line`${paint.good("Written")}: ${file}`);
      say(line`  try it: npx groundplan preview create --template ${name} --name try-${name}`);
    });
}
