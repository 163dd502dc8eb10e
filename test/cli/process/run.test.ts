import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secrets } from "../../../cli/plan/secrets";
import { run, runLogged } from "../../../cli/process/run";
import { temporaryFolder } from "../../temporary-folder";

/** Writes each piece after a line of what came before it was told. */
const WRITER = `
const { existsSync } = require("node:fs");
const [folder, ...pieces] = process.argv.slice(1);
const write = (at) => {
  if (at > 0 && !existsSync(folder + "/told-" + at)) return setTimeout(write, 20, at);
  if (at === pieces.length) return;
  process.stdout.write(pieces[at]);
  write(at + 1);
};
write(0);
`;

/** What is told of a program that writes pieces. */
async function toldOf(
  pieces: readonly string[],
  mask: (text: string) => string = (text) => text,
): Promise<readonly string[]> {
  const told: string[] = [];
  const here = temporaryFolder("told");
  await runLogged(process.execPath, ["-e", WRITER, here, ...pieces], {
    cwd: here,
    log: join(here, "log"),
    note: join(here, "note"),
    live: {
      progress: (line) => {
        told.push(line);
        writeFileSync(join(here, `told-${told.length}`), "");
      },
      mask,
    },
  });
  return told;
}

test("a secret is in no line that is told, in whatever pieces a program writes it", async () => {
  const secrets = new Secrets().addTexts(["Quiet Otter Forty Two"]);
  const pieces = ["begin\n", "│ the name Quiet Otter\n│ For", "ty Two is taken\n"];

  expect(await toldOf(pieces, (text) => secrets.scrubUnfinished(text))).toEqual([
    "begin",
    "│ the name (sensitive value)",
    "│ the name (sensitive value) is taken",
  ]);
});

test("a program that takes too long is ended, with what it has started; one that does not is not", async () => {
  const here = temporaryFolder("late");
  const props = { cwd: here, seconds: 1 };
  const begun = performance.now();
  const ended = await run("bash", ["-c", "echo begun; sleep 300 & sleep 300"], props);
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(ended).toMatchObject({ exitCode: 1, stdout: "begun" });
  expect(await run("bash", ["-c", "exit 3"], { ...props, seconds: 600 })).toMatchObject({ exitCode: 3 });
});

test("without a mask whole lines are told", async () => {
  expect(await toldOf(["one\ntw", "o\n"])).toEqual(["one", "two"]);
});
