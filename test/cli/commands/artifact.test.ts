import { Command } from "commander";
import { addArtifact } from "../../../cli/commands/artifact";
import { onceInARow } from "../../../cli/commands/artifact-deploy";
import { refuseOptions } from "../../../cli/commands/artifact-image-options";

test("a log says each kind of line once in a row", () => {
  const lines: string[] = [];
  const progress = onceInARow((line) => lines.push(line));
  for (const line of ["planning", "10 % for another 60 s", "10 % for another 55 s", "planning"])
    progress(line);
  expect(lines).toEqual(["planning", "10 % for another 60 s", "planning"]);
});

test("each verb has what images need, beside what functions do", async () => {
  const program = new Command();
  await addArtifact(program);
  const optionsOf = (name: string) =>
    program.commands[0]?.commands.find((one) => one.name() === name)?.options.map(({ long }) => long);
  expect(optionsOf("publish")).toEqual(expect.arrayContaining(["--expect", "--key", "--tag", "--base"]));
  for (const verb of ["deploy", "promote", "rollback"]) {
    expect(optionsOf(verb)).toEqual(
      expect.arrayContaining(["--service", "--key", "--repository", "--approve"]),
    );
  }
  expect(optionsOf("prune")).toEqual(expect.arrayContaining(["--keep", "--context", "--repository"]));
});

test("an option of the other kind is refused, and not passed over", () => {
  expect(() => refuseOptions("lambda", { key: "image.key" })).toThrow(
    /^--key is of images, and this service is a function\n {2}leave it out/,
  );
  expect(() => refuseOptions("image", { atOnce: true })).toThrow(/^--at-once is of functions/);
  expect(() => refuseOptions("image", { typecheck: false })).not.toThrow();
  expect(() => refuseOptions("lambda", { atOnce: true, cache: true, sbom: true })).not.toThrow();
  expect(() => refuseOptions("image", { key: "image.key", buildArg: {} })).not.toThrow();
});
