import { withBoard } from "../../../cli/progress/board";

test("without a terminal there is a line for each phase and each end, and none for progress", async () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const result = await withBoard(
      ["dev-network", "dev-app"],
      async (line) => {
        const [network, app] = [line("dev-network"), line("dev-app")];
        network.begin("planning");
        network.progress("aws_vpc.main: Refreshing state...");
        network.begin("planning");
        app.end("skipped", "deferred");
        network.end("good", "no changes");
        return 7;
      },
      true,
    );
    expect(result).toBe(7);
  } finally {
    write.mockRestore();
  }
  expect(written.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""))).toEqual([
    "dev-network: planning\n",
    // What has not begun has taken no time.
    "dev-app: deferred\n",
    "dev-network: no changes (0 s)\n",
  ]);
});

test("an error of the work is the board's", async () => {
  const work = async () => {
    throw new Error("broken");
  };

  await expect(withBoard(["dev-network"], work, true)).rejects.toThrow("broken");
});
