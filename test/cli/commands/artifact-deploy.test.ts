import { onceInARow } from "../../../cli/commands/artifact-deploy";

test("a log says each kind of line once in a row", () => {
  const lines: string[] = [];
  const progress = onceInARow((line) => lines.push(line));
  for (const line of ["planning", "10 % for another 60 s", "10 % for another 55 s", "planning"])
    progress(line);
  expect(lines).toEqual(["planning", "10 % for another 60 s", "planning"]);
});
