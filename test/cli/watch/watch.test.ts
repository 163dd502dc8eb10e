import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type WatchProps, watchFiles } from "../../../cli/watch/watch";
import { temporaryFolder } from "../../temporary-folder";

let root: string;
let end: AbortController;
let ended: Promise<void> | undefined;
beforeEach(() => {
  root = temporaryFolder("watch");
  for (const folder of ["src", "dist", "node_modules"]) mkdirSync(join(root, folder));
  write("src/main.ts", "one");
  end = new AbortController();
});
afterEach(async () => {
  end.abort();
  await ended;
  rmSync(root, { recursive: true });
});

const write = (path: string, text: string) => writeFileSync(join(root, path), text);

/** Watches; gives what waits for the next change. */
async function started(props: Partial<WatchProps> = {}): Promise<() => Promise<readonly string[]>> {
  const told: (readonly string[])[] = [];
  let wake = () => {};
  await new Promise<void>((resolve) => {
    ended = watchFiles({
      root,
      omits: (path) => path === "dist",
      counted: async (paths) => paths,
      signal: end.signal,
      onReady: async () => resolve(),
      onChange: async (paths) => {
        told.push(paths);
        wake();
      },
      quiet: 50,
      ...props,
    });
  });
  return async () => {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift() ?? [];
  };
}

test("what is saved together is told once, and what is omitted never", async () => {
  const next = await started();

  for (const path of ["dist/main.js", "node_modules/x.js"]) write(path, "made");
  write("src/main.ts", "two");
  write("src/other.ts", "new");

  expect(await next()).toEqual(["src/main.ts", "src/other.ts"]);
});

test("a file that is written with the same content does not change", async () => {
  const next = await started();
  write("src/main.ts", "two");
  expect(await next()).toEqual(["src/main.ts"]);

  write("src/main.ts", "two");
  write("src/other.ts", "new");

  expect(await next()).toEqual(["src/other.ts"]);
});

test("a file that is removed is told, and one that came and went is not", async () => {
  const next = await started({ quiet: 300 });

  write("src/.swap", "made");
  rmSync(join(root, "src/.swap"));
  rmSync(join(root, "src/main.ts"));

  expect(await next()).toEqual(["src/main.ts"]);
});

test("what changes while a change is worked on is told afterwards", async () => {
  const seen: (readonly string[])[] = [];
  await new Promise<void>((resolve) => {
    void started({
      onChange: async (paths) => {
        seen.push(paths);
        if (seen.length === 1) write("src/other.ts", "meanwhile");
        else resolve();
      },
    }).then(() => write("src/main.ts", "two"));
  });

  expect(seen).toEqual([["src/main.ts"], ["src/other.ts"]]);
});

test("what does not count is not told", async () => {
  const next = await started({ counted: async (paths) => paths.filter((path) => !path.endsWith(".tmp")) });

  write("src/a.tmp", "made");
  write("src/main.ts", "two");

  expect(await next()).toEqual(["src/main.ts"]);
});

test("an error of the work ends the watch with it", async () => {
  const failing = watchFiles({
    root,
    omits: () => false,
    counted: async (paths) => paths,
    signal: end.signal,
    onReady: async () => {
      throw new Error("no base");
    },
    onChange: async () => undefined,
  });

  await expect(failing).rejects.toThrow("no base");
});
