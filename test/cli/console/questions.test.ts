import { PassThrough } from "node:stream";
import { Interrupted } from "../../../cli/console/errors";
import { line, openQuestions } from "../../../cli/console/output";

/** What a question on a terminal comes to when these keys are pressed. */
async function answer(keys: string | undefined): Promise<string> {
  const written = jest.spyOn(process.stderr, "write").mockImplementation(() => true);
  const { isTTY } = process.stderr;
  // A terminal's keys are read one by one, Ctrl-C among them.
  process.stderr.isTTY = true;
  const input = new PassThrough();
  const questions = openQuestions(input);
  try {
    const asked = questions.ask(line`Write?`, new AbortController().signal);
    if (keys === undefined) input.end();
    else input.write(keys);
    return await asked;
  } finally {
    questions.close();
    process.stderr.isTTY = isTTY;
    written.mockRestore();
  }
}

test("an answer is what is typed", async () => {
  expect(await answer("yes\r")).toBe("yes");
});

test("Ctrl-C is an interrupt, which ends with 130", async () => {
  await expect(answer("\u0003")).rejects.toThrow(Interrupted);
});

test.each([
  ["Ctrl-D", "\u0004"],
  ["the end of the input", undefined],
])("%s is no answer, and not waited for", async (_, keys) => {
  expect(await answer(keys)).toBe("");
});
