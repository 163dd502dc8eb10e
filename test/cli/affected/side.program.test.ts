import { app, config, SmallRepository } from "./small";

let repository: SmallRepository;
afterEach(() => repository.remove());

test("a file is seen whatever signs its path holds, and nothing that lies beside it", async () => {
  repository = new SmallRepository({
    "cdktf.json": config("node app.cjs"),
    "app.cjs": app(
      `Object.fromEntries(["web pages/index.html", "app/(shop)/page.html", "app/plain.html", "größe, neu/ä.html"].map(
        (file, at) => ["file" + at, { input: '\${filemd5("' + process.cwd() + "/" + file + '")}' }]))`,
    ),
    "web pages/index.html": "one",
    "app/(shop)/page.html": "one",
    "app/plain.html": "one",
    "größe, neu/ä.html": "one",
  });
  repository.write("app/other.html", "nobody reads it");
  repository.write("app/(shop)/other.html", "nobody reads it");
  expect(await repository.reasons()).toEqual([]);
  repository.write("web pages/index.html", "two");
  expect(await repository.reasons()).toEqual([
    "terraform_data.file0: content of <repository>/web pages/index.html",
  ]);
  repository.write("app/(shop)/page.html", "two");
  repository.write("größe, neu/ä.html", "two");
  expect(await repository.reasons()).toEqual([
    "terraform_data.file0: content of <repository>/web pages/index.html",
    "terraform_data.file1: content of <repository>/app/(shop)/page.html",
    "terraform_data.file3: content of <repository>/größe, neu/ä.html",
  ]);
});
